// The shape of a model, which an importer determines before it reads tensors, and the names of
// tensors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ringlet/architecture.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// The names of a source's tensors, without ".weight" and ".bias". Tensors of a layer are preceded
/// by `layer`, its number and a dot. An empty name means that this kind of source has no such
/// tensor.
struct TensorNames {
  const char* embedding;
  const char* positions;
  const char* final_norm;
  const char* lm_head;
  const char* layer;
  const char* attention_norm;
  const char* q;
  const char* k;
  const char* v;
  const char* qkv;  // all three, stacked
  const char* o;
  const char* q_norm;
  const char* k_norm;
  const char* post_attention_norm;
  const char* ffn_norm;
  const char* gate;
  const char* up;
  const char* gate_up;  // both, with the gate on top
  const char* down;
  const char* post_ffn_norm;
  const char* attended_norm = "";
  const char* hidden_norm = "";
  const char* convolution_in = "";  // three matrices of dim rows: k, q and v of the mixer
  const char* taps = "";
  const char* convolution_out = "";
  // Of a gated delta rule. The names of decay and step_bias are full.
  const char* delta_qkv = "";
  const char* delta_gate = "";
  const char* delta_beta = "";
  const char* delta_step = "";
  const char* delta_decay = "";
  const char* delta_step_bias = "";
  const char* delta_norm = "";
  const char* delta_out = "";
  // Inputs of layers. The name of output_scale is full.
  const char* per_layer_embedding = "";
  const char* per_layer_projection = "";
  const char* per_layer_norm = "";
  const char* input_gate = "";
  const char* input_out = "";
  const char* input_norm = "";
  const char* output_scale = "";
};

/// No head has more rotated dimensions. Bounds the allocations that untrusted settings can cause.
inline constexpr std::uint32_t most_rotary_dimensions = 4096;
inline constexpr std::uint32_t most_layers = 4096;

struct LayerShape {
  std::uint32_t window = 0;
  Rotary rotary = Rotary::global;
  Mixer mixer = Mixer::attention;
  std::uint32_t head_dim = 0, kv_heads = 0, hidden_dim = 0;  // 0: the architecture's
  std::optional<std::uint32_t>
      cache_of{};  // the layer whose cache it reads, which is an earlier one
  bool values_are_keys = false;
};

/// The architecture, and the optional parts of a model of its family. `layers` has one entry per
/// layer.
struct ModelShape {
  std::string family;
  Architecture architecture;
  std::vector<LayerShape> layers;
  SourceRotary rotary;
  std::optional<SourceRotary> local_rotary;
  std::optional<SourceRotary> long_rotary;
  std::uint32_t long_above = 0;
  TensorNames names{};
  bool qkv_bias = false;
  bool output_bias = false;  // of attention
  bool mlp_bias = false;
  bool norm_bias = false;
  bool qk_norm = false;
  bool qk_norm_of_all = false;  // of all heads together
  bool post_norms = false;
  bool value_norm = false;        // of each head, without a gain
  bool output_scale = false;      // a factor of each layer's result
  bool head_bias = false;         // of lm_head
  bool convolution_bias = false;  // of the matrices and taps of a convolution
  bool gated = true;
  bool gated_queries = false;  // below the rows of each head in q are as many of attended_gate
  bool decay_as_used = false;  // not its logarithm
  bool tiled_state = false;    // heads of values that share a head of keys are not neighbors
  /// Less than head_dim if heads are filled up with zeros; 0: equal.
  std::uint32_t stored_head_dim = 0;
  bool fused_qkv = false;
  bool fused_gate_up = false;
  bool fused_by_head = false;      // q, k and v of a head are stacked, head after head
  bool inputs_as_rows = false;     // layer matrices are stored transposed
  bool interleaved_heads = false;  // rotary pairs are neighbors
  float gain_offset = 0;           // gains are stored minus this
  float logit_divisor = 1;         // logits are divided by this
  bool unscaled_windows = false;   // rotary_scale is not for layers with a window
};

/// Makes the layers from `first` on read the cache of the last layer before it that is of their
/// kind, with a window or without. Throws std::runtime_error if there is none.
void lend_caches(std::uint32_t first, ModelShape& shape);

/// Gives layers with a window the plain rotary embedding, if that of the others is scaled: their
/// own frequencies, and no factor of cosines and sines.
void stretch_only_full_layers(ModelShape& shape);

/// The names used in the three kinds of sources.
extern const TensorNames llama_names;  // Hugging Face, most families
extern const TensorNames gemma_names;  // with norms after the blocks
extern const TensorNames gemma4_names;
extern const TensorNames olmo2_names;  // with norms after the blocks, and none before
extern const TensorNames hunyuan_names;
extern const TensorNames bitnet_names;
extern const TensorNames granite_hybrid_names;  // dense, with the names of a hybrid's shared part
extern const TensorNames lfm2_names;
extern const TensorNames qwen3_5_names;
extern const TensorNames phi_names;      // Phi-2
extern const TensorNames neox_names;     // without the prefix "gpt_neox."
extern const TensorNames gpt2_names;     // without the prefix "transformer."
extern const TensorNames gpt_neo_names;  // the same
extern const TensorNames gguf_names;
extern const TensorNames gguf_lfm2_names;
extern const TensorNames gguf_qwen35_names;
extern const TensorNames gguf_gemma4_names;
extern const TensorNames gguf_seed_oss_names;
extern const TensorNames gguf_olmo2_names;  // without norms before the blocks
extern const TensorNames gguf_phi2_names;   // with one norm before both blocks

}  // namespace ringlet::convert
