// One session under test, and its expected state: that of a session fed the same tokens.
#pragma once

#include <memory>
#include <vector>

#include "fuzz/session_driver.hpp"
#include "support/guarded_bytes.hpp"

namespace ringlet::test {

/// The snapshot of a session, and the state that it must restore.
struct KeptSnapshot {
  std::shared_ptr<GuardedBytes> bytes;  // read-only; sessions can have their sinks there
  const Model* model = nullptr;
  Config config;
  std::vector<TokenId> history;
  std::uint64_t highest = 0;
  bool has_logits = false;
  bool has_sampler = false;
  Sampler::State sampler;
};

/// A session in guarded memory of exactly its planned size.
class SessionSubject {
 public:
  struct Choices {
    Config config;
    Interface interface = Interface::cpp;
    const KernelSet* kernels = nullptr;
    GuardedBytes::Flush flush = GuardedBytes::Flush::end;
    std::byte garbage{};
  };

  /// Null where the configuration is refused, by the plan and by the session alike, or needs more
  /// memory than a test should take.
  static std::unique_ptr<SessionSubject> create(const Model& model, const Choices& choices);

  SessionDriver& driver() { return *driver_; }
  [[nodiscard]] const SessionDriver& driver() const { return *driver_; }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] std::uint32_t vocabulary() const { return model_->architecture().vocab_size; }

  /// The sinks must come from a snapshot and none has been restored: only restore() is accepted.
  [[nodiscard]] bool lacks_sinks() const {
    return config_.sinks_in_snapshot && history.size() < config_.sinks;
  }

  /// How many more tokens there are positions for.
  [[nodiscard]] std::uint64_t positions_left() const;

  /// The session as a snapshot with its sampler: all of its state. Empty while it lacks its sinks.
  [[nodiscard]] std::vector<std::byte> state() const;

  /// Saves, in memory of exactly the size, and checks what is refused and how large it is.
  [[nodiscard]] KeptSnapshot save(bool with_sampler) const;

  /// Restores, and expects success where the snapshot is of an equal configuration. Returns whether
  /// it was restored.
  bool restore(const KeptSnapshot& snapshot, bool with_sampler);

  /// Ends the program unless position and logits are those of the tokens in `history`, fed to a
  /// fresh session in other portions, and stay so for some more tokens.
  void compare_with_fresh();

  /// The tokens fed to the session since its start.
  std::vector<TokenId> history;
  std::uint64_t highest = 0;     // the highest position since then
  std::uint64_t remembered = 0;  // the first position that recurrent layers can go back to

  /// Whether going back to a position must be possible.
  [[nodiscard]] bool in_reach(std::uint64_t to) const;
  bool has_logits = false;
  std::uint64_t rows = 0;  // of logits that belong to the last tokens

  /// Appends tokens to the history, with the logits of the last `with_logits`.
  void append(std::span<const TokenId> tokens, std::size_t with_logits);

 private:
  SessionSubject() = default;

  const Model* model_ = nullptr;
  Config config_;
  GuardedBytes memory_;
  std::unique_ptr<SessionDriver> driver_;
  std::shared_ptr<GuardedBytes> sinks_;  // the snapshot that they lie in
};

}  // namespace ringlet::test
