#include "fuzz/session_driver.hpp"

namespace ringlet::test {
namespace {

class CppDriver final : public SessionDriver {
 public:
  CppDriver(const Session& session, const Sampler& sampler)
      : session_(session), sampler_(sampler) {}

  Status prefill(std::span<const TokenId> tokens, const Progress& progress) override {
    return session_.prefill(tokens, progress);
  }
  Status step(TokenId token) override { return session_.step(token); }
  Status verify(std::span<const TokenId> tokens) override { return session_.verify(tokens); }
  [[nodiscard]] std::span<const float> logits(std::uint32_t row) const override {
    return session_.logits(row);
  }
  Status truncate(std::uint64_t position) override { return session_.truncate(position); }
  void reset() override { session_.reset(); }
  Status set_execution(const Execution& execution) override {
    return session_.set_execution(execution);
  }
  Result<std::uint64_t> digest(const DigestOptions& options) override {
    return ringlet::digest(session_, options);
  }
  [[nodiscard]] std::span<const float> logits() const override { return session_.logits(); }
  [[nodiscard]] std::uint64_t position() const override { return session_.position(); }
  Result<std::size_t> save(std::span<std::byte> out, bool with_sampler) const override {
    return session_.save(out, with_sampler ? &sampler_ : nullptr);
  }
  Status restore(std::span<const std::byte> snapshot, bool with_sampler) override {
    return session_.restore(snapshot, with_sampler ? &sampler_ : nullptr);
  }
  TokenId sample() override { return sampler_.sample(session_.logits()); }
  void observe(TokenId token) override { sampler_.observe(token); }
  [[nodiscard]] Sampler::State sampler_state() const override { return sampler_.state(); }

 private:
  Session session_;
  Sampler sampler_;
};

}  // namespace

SamplerOptions sampler_options(const Config& config) {
  return {.temperature = 1.0F,
          .top_k = 12,
          .repeat_penalty = 1.1F,
          .repeat_window = config.repeat_window,
          .seed = 7};
}

namespace driver {

std::unique_ptr<SessionDriver> make_cpp(const SessionRequest& request, Status& status) {
  const Result<Session> session =
      Session::create(request.model, request.config, request.memory, request.kernels, request.team);
  status = session.status();
  if (!session.ok()) return nullptr;
  const Result<Sampler> sampler = session->sampler(sampler_options(request.config));
  demand(sampler.ok(), "the sampler's workspace is too small");
  return std::make_unique<CppDriver>(*session, *sampler);
}

}  // namespace driver

std::unique_ptr<SessionDriver> drive(Interface interface, const SessionRequest& request,
                                     Status& status) {
  return interface == Interface::cpp ? driver::make_cpp(request, status)
                                     : driver::make_c(request, status);
}

}  // namespace ringlet::test
