// Carries an answer from the thread that computes to the thread that a client waits for.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "serve/seats/token_records.hpp"

namespace ringlet::serve {

/// What ended an answer. Those from `cancelled` on mean that there is no answer.
enum class Ending : std::uint8_t {
  end_of_text,
  stop_string,
  limit,       // of tokens or of time
  cancelled,   // nobody waits any more
  overdue,     // the deadline has passed before the first token
  unwritable,  // no token of the vocabulary can write what the form of the answer needs next
  stopping,    // the server ends
  failed,      // the text says why
};

/// What has happened since the last look.
struct News {
  bool begun = false;  // the prompt is being read, or has been
  std::string reasoning = {};
  std::string content = {};
  std::uint64_t prompt_tokens = 0;
  std::uint64_t cached_tokens = 0;
  std::uint64_t tokens = 0;  // of the answer so far
  TokenRecords records = {};
  std::uint64_t content_start = 0;  // bytes of the text in front of the content, if there is any
  std::optional<Ending> ending = {};
  std::string problem = {};
};

/// Rings when any of several mailboxes has something new.
class Bell {
 public:
  void ring();
  /// Waits until it rings, or has rung since the last time, at most so long.
  void wait(std::chrono::milliseconds most);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool has_rung_ = false;
};

/// What a token, or the end, adds to an answer.
struct Addition {
  std::string_view reasoning = {};
  std::string_view content = {};
  std::uint64_t tokens = 0;  // of the answer so far
  const TokenRecords* records = nullptr;
  std::uint64_t content_start = 0;
};

/// One producer, one consumer. It never makes the producer wait: what a slow reader has not taken
/// yet is kept here, and is at most one answer.
class Mailbox {
 public:
  /// `bell`, if there is one, rings with everything new.
  explicit Mailbox(std::shared_ptr<Bell> bell = nullptr) : bell_(std::move(bell)) {}

  // The producer's side.
  void begin(std::uint64_t prompt_tokens, std::uint64_t cached_tokens);
  void add(const Addition& addition);
  void end(Ending ending, std::string problem = {});
  /// Whether the consumer has gone.
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }

  // The consumer's side.
  /// Waits for something new, at most so long, and takes it.
  [[nodiscard]] News wait(std::chrono::milliseconds most);
  void cancel() noexcept { cancelled_ = true; }

 private:
  void announce();

  std::shared_ptr<Bell> bell_;
  std::mutex mutex_;
  std::condition_variable changed_;
  News news_;
  bool is_new_ = false;
  std::atomic<bool> cancelled_{false};
};

}  // namespace ringlet::serve
