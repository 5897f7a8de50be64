// The driver of the C interface.
#include "c/convert.hpp"
#include "fuzz/session_driver.hpp"
#include "ringlet/ringlet.h"

namespace ringlet::test {
namespace {

using ringlet::c::from_c;
using ringlet::c::to_c;

class CDriver final : public SessionDriver {
 public:
  CDriver(ringlet_session session, ringlet_sampler sampler, std::size_t vocabulary)
      : session_(session), sampler_(sampler), vocabulary_(vocabulary) {}

  Status prefill(std::span<const TokenId> tokens, const Progress& progress) override {
    const ringlet_progress told = {progress.report, progress.user_data};
    return from_c(ringlet_session_prefill(&session_, tokens.data(), tokens.size(),
                                          progress.report != nullptr ? &told : nullptr));
  }
  Status step(TokenId token) override { return from_c(ringlet_session_step(&session_, token)); }
  Status verify(std::span<const TokenId> tokens) override {
    return from_c(ringlet_session_verify(&session_, tokens.data(), tokens.size()));
  }
  [[nodiscard]] std::span<const float> logits(std::uint32_t row) const override {
    const float* logits = ringlet_session_logits_row(&session_, row);
    return {logits, logits != nullptr ? vocabulary_ : 0};
  }
  Status truncate(std::uint64_t position) override {
    return from_c(ringlet_session_truncate(&session_, position));
  }
  void reset() override { ringlet_session_reset(&session_); }
  Status set_execution(const Execution& e) override {
    const ringlet_execution told = {e.decode_threads, e.prefill_threads, e.prefetch_bytes};
    return from_c(ringlet_session_set_execution(&session_, &told));
  }
  Result<std::uint64_t> digest(const DigestOptions& options) override {
    const ringlet_digest_options told = {options.tokens, options.chunk, options.from_start};
    std::uint64_t value = 0;
    const Status status = from_c(ringlet_session_digest(&session_, &told, &value));
    if (!status.ok()) return status;
    return value;
  }
  [[nodiscard]] std::span<const float> logits() const override {
    const float* logits = ringlet_session_logits(&session_);
    return {logits, logits != nullptr ? vocabulary_ : 0};
  }
  [[nodiscard]] std::uint64_t position() const override {
    return ringlet_session_position(&session_);
  }
  Result<std::size_t> save(std::span<std::byte> out, bool with_sampler) const override {
    std::size_t size = 0;
    const Status status = from_c(
        ringlet_session_save(&session_, to_c(out), with_sampler ? &sampler_ : nullptr, &size));
    if (!status.ok()) return status;
    return size;
  }
  Status restore(std::span<const std::byte> snapshot, bool with_sampler) override {
    return from_c(ringlet_session_restore(&session_, snapshot.data(), snapshot.size(),
                                          with_sampler ? &sampler_ : nullptr));
  }
  TokenId sample() override {
    return ringlet_sampler_sample(&sampler_, logits().data(), vocabulary_);
  }
  void observe(TokenId token) override { ringlet_sampler_observe(&sampler_, token); }
  [[nodiscard]] Sampler::State sampler_state() const override {
    const ringlet_sampler_state state = ringlet_sampler_get_state(&sampler_);
    return {state.seed, state.draws};
  }

 private:
  ringlet_session session_;
  ringlet_sampler sampler_;
  std::size_t vocabulary_;
};

/// Both interfaces plan the same memory, section by section.
void compare_plans(const SessionRequest& request, const ringlet_model& model,
                   const ringlet_config& config) {
  const Result<MemoryPlan> expected = plan(request.model, request.config);
  ringlet_plan planned = {};
  const Status status = from_c(ringlet_plan_create(&model, &config, &planned));
  demand(status.code() == expected.status().code(), "the C plan has another outcome");
  if (!status.ok()) return;
  demand(planned.total == expected->total() && planned.count == expected->sections().size(),
         "the C plan has another size");
  for (std::size_t i = 0; i < expected->sections().size(); ++i) {
    const Section& section = expected->sections()[i];
    demand(
        section.offset == planned.sections[i].offset && section.bytes == planned.sections[i].bytes,
        "the C plan has another section");
  }
}

ringlet_sampler make_sampler(const ringlet_session& session, const Config& config) {
  const SamplerOptions options = sampler_options(config);
  const ringlet_sampler_options told = {.temperature = options.temperature,
                                        .top_k = options.top_k,
                                        .top_p = options.top_p,
                                        .min_p = options.min_p,
                                        .repeat_penalty = options.repeat_penalty,
                                        .repeat_window = options.repeat_window,
                                        .seed = options.seed};
  ringlet_sampler sampler = {};
  demand(ringlet_session_sampler(&session, &told, &sampler).code == RINGLET_OK,
         "the sampler's workspace is too small for the C interface");
  return sampler;
}

}  // namespace

namespace driver {

std::unique_ptr<SessionDriver> make_c(const SessionRequest& request, Status& status) {
  ringlet_model model = {};
  const std::span<const std::byte> bytes = request.model.bytes();
  demand(ringlet_model_open(&model, bytes.data(), bytes.size()).code == RINGLET_OK,
         "the C interface does not open the model");
  const ringlet_config config = to_c(request.config);
  compare_plans(request, model, config);
  const ringlet_team team = {request.team.threads, request.team.user_data, request.team.run};
  ringlet_session session = {};
  status = from_c(ringlet_session_create(
      &session, &model, &config, request.memory.data(), request.memory.size(),
      reinterpret_cast<const ringlet_kernels*>(&request.kernels), &team));
  if (!status.ok()) return nullptr;
  const std::uint32_t vocabulary = request.model.architecture().vocab_size;
  return std::make_unique<CDriver>(session, make_sampler(session, request.config), vocabulary);
}

}  // namespace driver

}  // namespace ringlet::test
