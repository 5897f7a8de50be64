#include "source/model_shape.hpp"

#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

constexpr TensorNames llama = {.embedding = "model.embed_tokens",
                               .positions = "",
                               .final_norm = "model.norm",
                               .lm_head = "lm_head",
                               .layer = "model.layers.",
                               .attention_norm = "input_layernorm",
                               .q = "self_attn.q_proj",
                               .k = "self_attn.k_proj",
                               .v = "self_attn.v_proj",
                               .qkv = "self_attn.qkv_proj",
                               .o = "self_attn.o_proj",
                               .q_norm = "self_attn.q_norm",
                               .k_norm = "self_attn.k_norm",
                               .post_attention_norm = "",
                               .ffn_norm = "post_attention_layernorm",
                               .gate = "mlp.gate_proj",
                               .up = "mlp.up_proj",
                               .gate_up = "mlp.gate_up_proj",
                               .down = "mlp.down_proj",
                               .post_ffn_norm = ""};

constexpr TensorNames gemma() {
  TensorNames names = llama;
  names.post_attention_norm = "post_attention_layernorm";
  names.ffn_norm = "pre_feedforward_layernorm";
  names.post_ffn_norm = "post_feedforward_layernorm";
  return names;
}

constexpr TensorNames gemma4() {
  TensorNames names = gemma();
  names.per_layer_embedding = "model.embed_tokens_per_layer";
  names.per_layer_projection = "model.per_layer_model_projection";
  names.per_layer_norm = "model.per_layer_projection_norm";
  names.input_gate = "per_layer_input_gate";
  names.input_out = "per_layer_projection";
  names.input_norm = "post_per_layer_input_norm";
  names.output_scale = "layer_scalar";
  return names;
}

constexpr TensorNames olmo2() {
  TensorNames names = gemma();
  names.attention_norm = names.ffn_norm = "";
  return names;
}

constexpr TensorNames hunyuan() {
  TensorNames names = llama;
  names.q_norm = "self_attn.query_layernorm";
  names.k_norm = "self_attn.key_layernorm";
  return names;
}

constexpr TensorNames bitnet() {
  TensorNames names = llama;
  names.attended_norm = "self_attn.attn_sub_norm";
  names.hidden_norm = "mlp.ffn_sub_norm";
  return names;
}

constexpr TensorNames granite_hybrid() {
  TensorNames names = llama;
  names.gate_up = "shared_mlp.input_linear";
  names.down = "shared_mlp.output_linear";
  return names;
}

constexpr TensorNames lfm2() {
  TensorNames names = llama;
  names.final_norm = "model.embedding_norm";
  names.attention_norm = "operator_norm";
  names.o = "self_attn.out_proj";
  names.q_norm = "self_attn.q_layernorm";
  names.k_norm = "self_attn.k_layernorm";
  names.ffn_norm = "ffn_norm";
  names.gate = "feed_forward.w1";
  names.up = "feed_forward.w3";
  names.down = "feed_forward.w2";
  names.convolution_in = "conv.in_proj";
  names.taps = "conv.conv";
  names.convolution_out = "conv.out_proj";
  return names;
}

constexpr TensorNames qwen3_5() {
  TensorNames names = llama;
  names.taps = "linear_attn.conv1d";
  names.delta_qkv = "linear_attn.in_proj_qkv";
  names.delta_gate = "linear_attn.in_proj_z";
  names.delta_beta = "linear_attn.in_proj_b";
  names.delta_step = "linear_attn.in_proj_a";
  names.delta_decay = "linear_attn.A_log";
  names.delta_step_bias = "linear_attn.dt_bias";
  names.delta_norm = "linear_attn.norm";
  names.delta_out = "linear_attn.out_proj";
  return names;
}

constexpr TensorNames phi() {
  TensorNames names = llama;
  names.final_norm = "model.final_layernorm";
  names.ffn_norm = names.attention_norm;
  names.o = "self_attn.dense";
  names.up = "mlp.fc1";
  names.down = "mlp.fc2";
  return names;
}

constexpr TensorNames neox() {
  TensorNames names = llama;
  names.embedding = "embed_in";
  names.final_norm = "final_layer_norm";
  names.lm_head = "embed_out";
  names.layer = "layers.";
  names.qkv = "attention.query_key_value";
  names.o = "attention.dense";
  names.up = "mlp.dense_h_to_4h";
  names.down = "mlp.dense_4h_to_h";
  return names;
}

constexpr TensorNames gpt2 = {.embedding = "wte",
                              .positions = "wpe",
                              .final_norm = "ln_f",
                              .lm_head = "lm_head",
                              .layer = "h.",
                              .attention_norm = "ln_1",
                              .q = "",
                              .k = "",
                              .v = "",
                              .qkv = "attn.c_attn",
                              .o = "attn.c_proj",
                              .q_norm = "",
                              .k_norm = "",
                              .post_attention_norm = "",
                              .ffn_norm = "ln_2",
                              .gate = "",
                              .up = "mlp.c_fc",
                              .gate_up = "",
                              .down = "mlp.c_proj",
                              .post_ffn_norm = ""};

constexpr TensorNames gpt_neo() {
  TensorNames names = gpt2;
  names.q = "attn.attention.q_proj";
  names.k = "attn.attention.k_proj";
  names.v = "attn.attention.v_proj";
  names.o = "attn.attention.out_proj";
  return names;
}

constexpr TensorNames gguf = {.embedding = "token_embd",
                              .positions = "position_embd",
                              .final_norm = "output_norm",
                              .lm_head = "output",
                              .layer = "blk.",
                              .attention_norm = "attn_norm",
                              .q = "attn_q",
                              .k = "attn_k",
                              .v = "attn_v",
                              .qkv = "attn_qkv",
                              .o = "attn_output",
                              .q_norm = "attn_q_norm",
                              .k_norm = "attn_k_norm",
                              .post_attention_norm = "post_attention_norm",
                              .ffn_norm = "ffn_norm",
                              .gate = "ffn_gate",
                              .up = "ffn_up",
                              .gate_up = "ffn_up",
                              .down = "ffn_down",
                              .post_ffn_norm = "post_ffw_norm"};

constexpr TensorNames gguf_gemma4() {
  TensorNames names = gguf;
  names.per_layer_embedding = "per_layer_token_embd";
  names.per_layer_projection = "per_layer_model_proj";
  names.per_layer_norm = "per_layer_proj_norm";
  names.input_gate = "inp_gate";
  names.input_out = "proj";
  names.input_norm = "post_norm";
  names.output_scale = "layer_output_scale.weight";
  return names;
}

/// The norm before the feed-forward has the name that others give to one after attention.
constexpr TensorNames gguf_seed_oss() {
  TensorNames names = gguf;
  names.ffn_norm = "post_attention_norm";
  names.post_attention_norm = "";
  return names;
}

constexpr TensorNames gguf_olmo2() {
  TensorNames names = gguf;
  names.attention_norm = names.ffn_norm = "";
  return names;
}

/// llama.cpp calls the last norm that of the embeddings, as the checkpoints do.
constexpr TensorNames gguf_lfm2() {
  TensorNames names = gguf;
  names.final_norm = "token_embd_norm";
  names.convolution_in = "shortconv.in_proj";
  names.taps = "shortconv.conv";
  names.convolution_out = "shortconv.out_proj";
  return names;
}

constexpr TensorNames gguf_qwen35() {
  TensorNames names = gguf;
  names.ffn_norm = "post_attention_norm";
  names.post_attention_norm = "";
  names.qkv = "";
  names.taps = "ssm_conv1d";
  names.delta_qkv = "attn_qkv";
  names.delta_gate = "attn_gate";
  names.delta_beta = "ssm_beta";
  names.delta_step = "ssm_alpha";
  names.delta_decay = "ssm_a";
  names.delta_step_bias = "ssm_dt.bias";
  names.delta_norm = "ssm_norm";
  names.delta_out = "ssm_out";
  return names;
}

constexpr TensorNames gguf_phi2() {
  TensorNames names = gguf;
  names.ffn_norm = names.attention_norm;
  return names;
}

}  // namespace

void lend_caches(std::uint32_t first, ModelShape& shape) {
  for (std::uint32_t i = first; i < shape.layers.size(); ++i) {
    LayerShape& layer = shape.layers[i];
    std::uint32_t owner = first;
    while (owner > 0 && (shape.layers[owner - 1].window != 0) != (layer.window != 0)) --owner;
    if (owner == 0) fail("layer ", i, " reads the cache of an earlier layer, but none is like it");
    layer.cache_of = owner - 1;
    layer.values_are_keys = false;
  }
}

void stretch_only_full_layers(ModelShape& shape) {
  Architecture& a = shape.architecture;
  if (shape.rotary.factors.empty() && a.rotary_scale == 1) return;
  for (LayerShape& layer : shape.layers) {
    if (layer.window == 0) continue;
    layer.rotary = Rotary::local;
    a.local_rotary = true;
  }
  if (!a.local_rotary) return;
  a.local_rotary_dim = static_cast<std::uint16_t>(a.rotary_dim);
  shape.local_rotary = SourceRotary{.theta = shape.rotary.theta};
  shape.unscaled_windows = a.rotary_scale != 1;
}

const TensorNames llama_names = llama;
const TensorNames gemma_names = gemma();
const TensorNames gemma4_names = gemma4();
const TensorNames olmo2_names = olmo2();
const TensorNames hunyuan_names = hunyuan();
const TensorNames bitnet_names = bitnet();
const TensorNames granite_hybrid_names = granite_hybrid();
const TensorNames lfm2_names = lfm2();
const TensorNames qwen3_5_names = qwen3_5();
const TensorNames phi_names = phi();
const TensorNames neox_names = neox();
const TensorNames gpt2_names = gpt2;
const TensorNames gpt_neo_names = gpt_neo();
const TensorNames gguf_names = gguf;
const TensorNames gguf_lfm2_names = gguf_lfm2();
const TensorNames gguf_qwen35_names = gguf_qwen35();
const TensorNames gguf_gemma4_names = gguf_gemma4();
const TensorNames gguf_seed_oss_names = gguf_seed_oss();
const TensorNames gguf_olmo2_names = gguf_olmo2();
const TensorNames gguf_phi2_names = gguf_phi2();

}  // namespace ringlet::convert
