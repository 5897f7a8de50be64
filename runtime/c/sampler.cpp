#include "ringlet/sampler.hpp"

#include "c/convert.hpp"

using ringlet::Sampler;
using ringlet::c::object;

ringlet_sampler_options ringlet_sampler_options_default(void) {
  return ringlet::c::to_c(ringlet::SamplerOptions{});
}

uint64_t ringlet_sampler_workspace_bytes(uint32_t vocab_size, uint32_t repeat_window) {
  return Sampler::workspace_bytes(vocab_size, repeat_window);
}

ringlet_status ringlet_session_sampler(const ringlet_session* session,
                                       const ringlet_sampler_options* options,
                                       ringlet_sampler* sampler) {
  return ringlet::c::place_result(
      *sampler, object<ringlet::Session>(*session).sampler(ringlet::c::from_c(*options)));
}

ringlet_status ringlet_sampler_create(ringlet_sampler* sampler,
                                      const ringlet_sampler_options* options, uint32_t vocab_size,
                                      ringlet_span workspace, const ringlet_kernels* kernels) {
  return ringlet::c::place_result(
      *sampler, Sampler::create(ringlet::c::from_c(*options), vocab_size,
                                ringlet::c::from_c(workspace), ringlet::c::from_c(kernels)));
}

ringlet_token ringlet_sampler_sample(ringlet_sampler* sampler, const float* logits, size_t count) {
  return object<Sampler>(*sampler).sample({logits, count});
}

void ringlet_sampler_observe(ringlet_sampler* sampler, ringlet_token token) {
  object<Sampler>(*sampler).observe(token);
}

void ringlet_sampler_reset(ringlet_sampler* sampler) { object<Sampler>(*sampler).reset(); }

ringlet_sampler_state ringlet_sampler_get_state(const ringlet_sampler* sampler) {
  const Sampler::State state = object<Sampler>(*sampler).state();
  return {state.seed, state.draws};
}

void ringlet_sampler_resume(ringlet_sampler* sampler, const ringlet_sampler_state* state) {
  object<Sampler>(*sampler).resume({state->seed, state->draws});
}

uint32_t ringlet_sampler_recent_count(const ringlet_sampler* sampler) {
  return object<Sampler>(*sampler).recent_count();
}

ringlet_token ringlet_sampler_recent(const ringlet_sampler* sampler, uint32_t index) {
  return object<Sampler>(*sampler).recent(index);
}
