// A session and its sampler behind either of the two interfaces, so that the same sequences of
// calls go through both.
#pragma once

#include <memory>
#include <span>

#include "fuzz/demand.hpp"
#include "ringlet/digest.hpp"
#include "ringlet/ringlet.hpp"

namespace ringlet::test {

enum class Interface : bool { cpp, c };

/// The calls of ringlet/session.hpp and sampler.hpp, with the same contracts.
class SessionDriver {
 public:
  SessionDriver() = default;
  SessionDriver(const SessionDriver&) = delete;
  SessionDriver& operator=(const SessionDriver&) = delete;
  virtual ~SessionDriver() = default;

  virtual Status prefill(std::span<const TokenId> tokens, const Progress& progress) = 0;
  virtual Status step(TokenId token) = 0;
  virtual Status verify(std::span<const TokenId> tokens) = 0;
  /// After the row-th token of the last verify().
  [[nodiscard]] virtual std::span<const float> logits(std::uint32_t row) const = 0;
  virtual Status truncate(std::uint64_t position) = 0;
  virtual void reset() = 0;
  virtual Status set_execution(const Execution& execution) = 0;
  virtual Result<std::uint64_t> digest(const DigestOptions& options) = 0;
  [[nodiscard]] virtual std::span<const float> logits() const = 0;
  [[nodiscard]] virtual std::uint64_t position() const = 0;

  virtual Result<std::size_t> save(std::span<std::byte> out, bool with_sampler) const = 0;
  virtual Status restore(std::span<const std::byte> snapshot, bool with_sampler) = 0;

  virtual TokenId sample() = 0;
  virtual void observe(TokenId token) = 0;
  [[nodiscard]] virtual Sampler::State sampler_state() const = 0;
};

/// What Session::create takes.
struct SessionRequest {
  const Model& model;
  const Config& config;
  std::span<std::byte> memory;
  const KernelSet& kernels;
  Team team;
};

/// Creates a session, and a sampler in its workspace, by that interface; null and the status where
/// the session is refused. Ends the program where both interfaces do not plan the same.
std::unique_ptr<SessionDriver> drive(Interface interface, const SessionRequest& request,
                                     Status& status);

/// The sampler that drive() creates.
SamplerOptions sampler_options(const Config& config);

namespace driver {
std::unique_ptr<SessionDriver> make_cpp(const SessionRequest& request, Status& status);
std::unique_ptr<SessionDriver> make_c(const SessionRequest& request, Status& status);
}  // namespace driver

}  // namespace ringlet::test
