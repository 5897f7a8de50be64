#include "source/model_shape.hpp"

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

/// The norm before the feed-forward has the name that others give to one after attention.
constexpr TensorNames gguf_seed_oss() {
  TensorNames names = gguf;
  names.ffn_norm = "post_attention_norm";
  names.post_attention_norm = "";
  return names;
}

}  // namespace

const TensorNames llama_names = llama;
const TensorNames gemma_names = gemma();

const TensorNames gpt2_names = gpt2;
const TensorNames gpt_neo_names = gpt_neo();
const TensorNames gguf_names = gguf;
const TensorNames gguf_seed_oss_names = gguf_seed_oss();

}  // namespace ringlet::convert
