#include "ringlet/session.hpp"

#include "c/convert.hpp"
#include "ringlet/digest.hpp"

using ringlet::Session;
using ringlet::c::object;
using ringlet::c::to_c;

namespace {

bool multiply(void* accelerator, const ringlet::Team& team, const ringlet::MatrixProduct& product) {
  const auto& told = *static_cast<const ringlet_accelerator*>(accelerator);
  const ringlet_team threads = {team.threads, team.user_data, team.run};
  const ringlet_matrix_product one = {.matrix = product.matrix,
                                      .rows = product.rows,
                                      .columns = product.columns,
                                      .tokens = product.tokens,
                                      .x = product.x,
                                      .x_stride = product.x_stride,
                                      .y = product.y,
                                      .y_stride = product.y_stride};
  return told.multiply(told.user_data, &threads, &one);
}

}  // namespace

ringlet_execution ringlet_execution_default(void) {
  constexpr ringlet::Execution e;
  return {e.decode_threads, e.prefill_threads, e.prefetch_bytes};
}

ringlet_status ringlet_session_create(ringlet_session* session, const ringlet_model* model,
                                      const ringlet_config* config, void* memory, size_t size,
                                      const ringlet_kernels* kernels, const ringlet_team* team) {
  const auto settings = ringlet::c::from_c(*config);
  if (!settings.ok()) return to_c(settings.status());
  ringlet::Team threads;
  if (team != nullptr) threads = {team->threads, team->user_data, team->run};
  return ringlet::c::place_result(*session,
                                  Session::create(object<ringlet::Model>(*model), *settings,
                                                  {static_cast<std::byte*>(memory), size},
                                                  ringlet::c::from_c(kernels), threads));
}

ringlet_status ringlet_session_prefill(ringlet_session* session, const ringlet_token* tokens,
                                       size_t count, const ringlet_progress* progress) {
  ringlet::Progress told;
  if (progress != nullptr) told = {progress->report, progress->user_data};
  return to_c(object<Session>(*session).prefill({tokens, count}, told));
}

ringlet_status ringlet_session_step(ringlet_session* session, ringlet_token token) {
  return to_c(object<Session>(*session).step(token));
}

ringlet_status ringlet_session_set_execution(ringlet_session* session,
                                             const ringlet_execution* execution) {
  return to_c(object<Session>(*session).set_execution(
      {execution->decode_threads, execution->prefill_threads, execution->prefetch_bytes}));
}

ringlet_status ringlet_session_set_accelerator(ringlet_session* session,
                                               const ringlet_accelerator* accelerator) {
  ringlet::Accelerator adapter;
  // The adapter does not write to it.
  if (accelerator != nullptr) adapter = {multiply, const_cast<ringlet_accelerator*>(accelerator)};
  return to_c(object<Session>(*session).set_accelerator(adapter));
}

const float* ringlet_session_logits(const ringlet_session* session) {
  const auto logits = object<Session>(*session).logits();
  return logits.empty() ? nullptr : logits.data();
}

uint64_t ringlet_session_position(const ringlet_session* session) {
  return object<Session>(*session).position();
}

ringlet_status ringlet_session_truncate(ringlet_session* session, uint64_t position) {
  return to_c(object<Session>(*session).truncate(position));
}

void ringlet_session_reset(ringlet_session* session) { object<Session>(*session).reset(); }

ringlet_model ringlet_session_model(const ringlet_session* session) {
  ringlet_model model{};
  ringlet::c::place(model, object<Session>(*session).model());
  return model;
}

ringlet_config ringlet_session_config(const ringlet_session* session) {
  return to_c(object<Session>(*session).config());
}

void ringlet_session_plan(const ringlet_session* session, ringlet_plan* plan) {
  to_c(object<Session>(*session).memory_plan(), *plan);
}

ringlet_span ringlet_session_tokenizer_workspace(const ringlet_session* session) {
  return to_c(object<Session>(*session).tokenizer_workspace());
}

ringlet_span ringlet_session_accelerator_memory(const ringlet_session* session) {
  return to_c(object<Session>(*session).accelerator_memory());
}

ringlet_digest_options ringlet_digest_options_default(void) {
  constexpr ringlet::DigestOptions o;
  return {.tokens = o.tokens, .chunk = o.chunk, .from_start = o.from_start};
}

ringlet_token ringlet_digest_token(uint64_t index, uint32_t vocab_size, ringlet_token first) {
  return ringlet::digest_token(index, vocab_size, first);
}

ringlet_status ringlet_session_digest(ringlet_session* session,
                                      const ringlet_digest_options* options, uint64_t* digest) {
  const auto result = ringlet::digest(
      object<Session>(*session),
      {.tokens = options->tokens, .chunk = options->chunk, .from_start = options->from_start});
  if (result.ok()) *digest = *result;
  return to_c(result.status());
}
