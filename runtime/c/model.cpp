#include "c/convert.hpp"

using ringlet::Model;
using ringlet::c::bytes_of;
using ringlet::c::object;
using ringlet::c::to_c;

const char* ringlet_kv_format_name(ringlet_kv_format format) {
  if (format == RINGLET_KV_RECOMMENDED) return "recommended";
  return ringlet::name_of(static_cast<ringlet::KvFormat>(format));
}

ringlet_status ringlet_model_open(ringlet_model* model, const void* bytes, size_t size) {
  return ringlet::c::place_result(*model, Model::open(bytes_of(bytes, size)));
}

ringlet_status ringlet_model_verify_data(const ringlet_model* model,
                                         void (*progress)(void*, uint64_t, uint64_t),
                                         void* user_data) {
  return to_c(object<Model>(*model).verify_data(progress, user_data));
}

ringlet_architecture ringlet_model_architecture(const ringlet_model* model) {
  const ringlet::Architecture& a = object<Model>(*model).architecture();
  return {.vocab_size = a.vocab_size,
          .dim = a.dim,
          .hidden_dim = a.hidden_dim,
          .layers = a.layers,
          .heads = a.heads,
          .kv_heads = a.kv_heads,
          .head_dim = a.head_dim,
          .rotary_dim = a.rotary_dim,
          .trained_context = a.trained_context,
          .norm_epsilon = a.norm_epsilon,
          .attention_scale = a.attention_scale,
          .tied_embedding = a.tied_embedding,
          .norm = static_cast<ringlet_norm_kind>(a.norm),
          .activation = static_cast<ringlet_activation>(a.activation),
          .embedding_scale = a.embedding_scale,
          .attention_softcap = a.attention_softcap,
          .logit_softcap = a.logit_softcap,
          .rotary_scale = a.rotary_scale,
          .local_rotary = a.local_rotary,
          .learned_positions = a.learned_positions,
          .residual_scale = a.residual_scale,
          .parallel_blocks = a.parallel_blocks,
          .norm_after_rotary = a.norm_after_rotary,
          .query_growth = a.query_growth,
          .query_growth_length = a.query_growth_length,
          .convolution = a.convolution,
          .state_heads = a.state_heads,
          .state_key_heads = a.state_key_heads,
          .state_head_dim = a.state_head_dim,
          .state_key_dim = a.state_key_dim,
          .attended_gate = a.attended_gate};
}

ringlet_kv_formats ringlet_model_recommended_kv(const ringlet_model* model, uint32_t layer) {
  return to_c(object<Model>(*model).recommended_kv(layer));
}

uint32_t ringlet_model_window(const ringlet_model* model, uint32_t layer) {
  return object<Model>(*model).window(layer);
}

ringlet_sampling_defaults ringlet_model_sampling(const ringlet_model* model) {
  const ringlet::SamplingDefaults s = object<Model>(*model).sampling();
  return {.temperature = s.temperature,
          .top_k = s.top_k,
          .top_p = s.top_p,
          .min_p = s.min_p,
          .repeat_penalty = s.repeat_penalty};
}

uint64_t ringlet_model_hash(const ringlet_model* model) { return object<Model>(*model).hash(); }

ringlet_status ringlet_model_file_bytes(const void* first_bytes, size_t size, uint64_t* bytes) {
  const auto result = ringlet::model_bytes(bytes_of(first_bytes, size));
  if (result.ok()) *bytes = *result;
  return to_c(result.status());
}

ringlet_bytes ringlet_model_bytes(const ringlet_model* model) {
  return to_c(object<Model>(*model).bytes());
}

ringlet_bytes ringlet_model_data(const ringlet_model* model) {
  return to_c(object<Model>(*model).data());
}
