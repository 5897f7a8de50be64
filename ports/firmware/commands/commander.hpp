// From a command to the answer of the model, each from the state after the home.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "counter.hpp"
#include "home.hpp"
#include "ringlet/confidence.hpp"
#include "ringlet/grammar_state.hpp"
#include "ringlet/ringlet.hpp"

namespace ringlet::port {

/// The text of an answer.
class CommandText {
 public:
  static constexpr std::size_t longest = 1024;

  /// Returns false, and appends nothing, if there is no room.
  bool append(std::string_view text) noexcept;
  void clear() noexcept { size_ = 0; }
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  std::array<char, longest> text_{};
  std::size_t size_ = 0;
};

/// Answers commands in a session.
class Commander {
 public:
  Commander() = default;

  /// Starts `session` from the home. Errors: those of the parts, which name it.
  static Result<Commander> create(const Session& session, const Grammar& grammar,
                                  const GrammarOptions& options, const Home& home) noexcept;

  /// Answers `command`, which is a part of `request`, the text that the model reads. Errors:
  /// invalid_argument for a command that is not UTF-8; out_of_range, naming `line`, for one with
  /// too many tokens, and naming `answer`, for an answer that is too long.
  Status answer(std::string_view command, std::string_view request, CommandText& text) noexcept;

  /// How sure the model is of the last answer.
  [[nodiscard]] const Confidence& confidence() const noexcept { return confidence_; }

  /// Prints tokens and instructions of all commands.
  void print_counts() const noexcept;

 private:
  Status rewind() noexcept;
  Status read(std::string_view command, std::string_view request,
              Detokenizer& detokenizer) noexcept;
  Status write(Detokenizer& detokenizer, CommandText& text) noexcept;
  [[nodiscard]] std::uint64_t room() const noexcept;

  Session session_;
  Tokenizer tokenizer_;
  Sampler sampler_;
  GrammarState state_;
  Confidence confidence_;
  std::span<const std::byte> prefix_;
  Counter prompt_, answer_, whole_;
};

}  // namespace ringlet::port
