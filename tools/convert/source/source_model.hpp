// The interface between importers and the writer: a model as its source describes it. Tensors are
// read on demand, so that memory stays bounded for models of any size.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ringlet/architecture.hpp"
#include "ringlet/formats.hpp"
#include "ringlet/model.hpp"
#include "source/quantized_group.hpp"
#include "templates/stored_templates.hpp"
#include "text/vocabulary.hpp"
#include "text/word_steps.hpp"

namespace ringlet::convert {

/// How a source stores a matrix that is already quantized.
struct SourceCodes {
  std::string type;      // the source's name for it, for reports: "Q4_K"
  MatrixFormat kept_in;  // holds these numbers or comes closest; int4 only if lossless
};

/// One matrix, read row by row as floats. `read_row` can be called for any row, in any order.
struct SourceMatrix {
  std::string name;  // as in the source, for reports and errors
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::function<void(std::uint32_t row, std::span<float> out)> read_row;
  std::optional<SourceCodes> codes{};  // empty: the source has floats
  /// Set if the rows are unmodified and this format holds exactly the source's codes. `read_group`
  /// then returns group `group` of a row as stored, or nothing if the runtime does not allow such a
  /// group (its scale is not a normal half). Throws if a code is −128.
  std::optional<MatrixFormat> stored_as{};
  std::function<std::optional<QuantizedGroup>(std::uint32_t row, std::uint32_t group)> read_group{};
};

/// One vector of floats (the gain of a norm, a bias).
struct SourceVector {
  std::string name;
  std::vector<float> values;
};

/// One layer. Rows of wq and wk (and their biases) are in half-split rotary order: the partner of
/// row i of a head is row i + rotary_dim/2. Importers of interleaved sources reorder them. Absent
/// tensors are empty.
struct SourceLayer {
  std::optional<SourceVector> attention_norm;
  SourceMatrix wq, wk, wv, wo;
  std::optional<SourceVector> ffn_norm;
  std::optional<SourceMatrix> w_gate;
  SourceMatrix w_up, w_down;
  std::uint32_t window = 0;
  bool hadamard_keys = false;  // this and the following as in schema/ringlet.fbs
  KvFormats kv{KvFormat::int8};
  Rotary rotary = Rotary::global;
  std::optional<SourceVector> attention_norm_bias{}, bq{}, bk{}, bv{}, bo{}, q_norm{}, k_norm{};
  std::optional<SourceVector> ffn_norm_bias{}, b_gate{}, b_up{}, b_down{};
  std::optional<SourceVector> post_attention_norm{}, post_ffn_norm{}, key_bias{};
  std::optional<SourceVector> all_q_norm{}, all_k_norm{}, attended_norm{}, hidden_norm{};
  Mixer mixer = Mixer::attention;
  std::optional<SourceVector> taps{}, taps_bias{};
  std::optional<SourceMatrix> attended_gate{}, state_gates{};
  std::optional<SourceVector> decay{}, step_bias{}, state_norm{};
  std::optional<SourceVector> v_norm{};
  /// Sizes of this layer; 0: the architecture's.
  std::uint32_t head_dim = 0, kv_heads = 0, hidden_dim = 0;
  std::optional<std::uint32_t> cache_of{};  // wk and wv then have no rows
  bool values_are_keys = false;             // wv then has no rows
  std::optional<SourceMatrix> per_layer_gate{}, per_layer_out{};
  std::optional<SourceVector> per_layer_norm{};
  float output_scale = 1;
};

/// The architecture with the sizes of a layer.
[[nodiscard]] inline Architecture with_sizes_of(Architecture a, const SourceLayer& layer) {
  if (layer.head_dim != 0) a.head_dim = layer.head_dim;
  if (layer.kv_heads != 0) a.kv_heads = layer.kv_heads;
  if (layer.hidden_dim != 0) a.hidden_dim = layer.hidden_dim;
  if (layer.rotary == Rotary::local && a.local_rotary_dim != 0) a.rotary_dim = a.local_rotary_dim;
  return a;
}

/// Turns per position of one set of rotary pairs: theta^(−2i/rotary_dim) / factors[i] radians for
/// pair i. If there are no factors, all are 1. A pair with an infinite one does not rotate.
struct SourceRotary {
  double theta = 10000.0;
  std::vector<double> factors{};
};

enum class SourcePieceKind : std::uint8_t { normal, unknown, control, byte, unused, user_defined };

struct SourcePiece {
  // With plain spaces, never U+2581. A byte piece is "<0xNN>". Byte-level: the bytes themselves.
  std::string text = {};
  float score = 0;
  SourcePieceKind kind = SourcePieceKind::normal;
  // A control or user-defined piece that absorbs adjacent white space.
  bool strips_before = false;
  bool strips_after = false;
  bool normalized = false;   // searched for in the normal form of a text
  bool takes_space = false;  // found only after a space, which belongs to it
};

/// Two pieces that merge into a third. The lowest rank merges first.
struct SourceMerge {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  std::uint32_t result = 0;
  std::uint32_t rank = 0;
};

/// The texts between the messages of a conversation, as in schema table ChatFormat.
struct SourceChat {
  std::string name;
  std::string opening;
  std::optional<std::string> system_prefix;
  std::string system_suffix;
  std::string before_reply;
  std::string after_reply;
  bool trim = false;
};

/// As in schema table Normalizer. Without a trie, texts are unchanged.
struct SourceNormalizer {
  std::string name = {};
  std::vector<std::uint32_t> trie = {};
  std::vector<std::uint8_t> replacements = {};
  // Canonical order and composition, by the tables of this converter's Unicode version.
  bool composes = false;
};

/// The fields are those of schema table Tokenizer.
struct SourceTokenizer {
  std::vector<SourcePiece> pieces = {};  // by id
  std::int32_t bos = -1;
  std::int32_t eos = -1;
  std::int32_t unknown = -1;
  bool add_bos = true;
  bool add_space_prefix = true;
  bool prepends_space = false;  // the normalizer does so; only for the readers
  Encoding encoding = Encoding::sentencepiece_bpe;
  PreTokenizer pre_tokenizer = PreTokenizer::none;
  std::vector<WordStep> word_steps = {};  // for PreTokenizer::steps
  bool byte_level = false;
  std::vector<SourceMerge> merges = {};  // for Encoding::bpe
  bool whole_words = false;
  bool prefix_unless_space = false;
  bool prefix_after_added = true;
  bool fuse_unknown = false;
  float unknown_score = 0;
  bool collapse_spaces = false;
  SourceNormalizer normalizer = {};
  std::vector<std::uint32_t> end_tokens = {};  // besides eos
  std::string chat_template = {};              // as in the source; empty if there is none
  using NamedTexts = std::vector<std::pair<std::string, std::string>>;
  NamedTexts named_templates = {};                          // further templates: "tool_use"
  NamedTexts template_tokens = {};                          // variables of templates: "bos_token"
  std::vector<std::string> additional_special_tokens = {};  // the same, a list
  std::string description = {};                             // for display: kind and origin
  std::vector<std::string> notes = {};  // for display: what was omitted, one line each
};

/// A whole model. `lm_head` is absent if it is tied to the embedding.
struct SourceModel {
  std::string family;  // "llama"
  std::string name;    // for display
  std::string source;  // provenance: format and file name, without folders
  std::string licence;
  Architecture architecture;
  SourceRotary rotary;
  SourceMatrix embedding;
  std::vector<SourceLayer> layers;
  SourceVector final_norm;
  std::optional<SourceMatrix> lm_head;
  std::optional<SourceTokenizer> tokenizer;
  std::optional<SourceChat> chat = std::nullopt;
  std::optional<templates::StoredTemplates> templates = std::nullopt;
  SamplingDefaults sampling;
  std::optional<SourceRotary> local_rotary{};  // present if the architecture has local_rotary
  std::optional<SourceRotary> long_rotary{};   // for contexts longer than long_above
  std::uint32_t long_above = 0;
  std::optional<SourceMatrix> positions{};  // architecture.learned_positions rows
  std::optional<SourceVector> final_norm_bias{};
  std::optional<SourceVector> lm_head_bias{};
  std::optional<SourceMatrix> per_layer_embedding{}, per_layer_projection{};
  std::optional<SourceVector> per_layer_norm{};
  float per_layer_scale = 1;
  float per_layer_epsilon = 0;
  /// The transforms of keys and values have been decided and must not change.
  bool cache_is_fitted = false;
  std::vector<std::string> notes = {};  // for display: what the source specifies and the file omits
};

}  // namespace ringlet::convert
