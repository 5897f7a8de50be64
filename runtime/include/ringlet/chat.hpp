// Chat formats: the text that a model expects before and after each message.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "ringlet/model.hpp"
#include "ringlet/status.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet {

/// One user message, ready for the tokenizer: the message with the markup of the chat format around
/// it, up to the point where the model replies. The user's own text is literal, so nobody can type
/// a control token into it. Both members point into the buffer that the turn was written to.
struct ChatTurn {
  std::string_view text;
  ControlTokens control_tokens;
};

/// The chat format of a model file. A small view, valid as long as the model.
///
/// To hold a conversation in a session, prefill one turn after another. The session already
/// contains the generated reply tokens, and the next turn begins with the markup that ends a reply.
/// So the token that ended the reply need not be passed to step().
class ChatFormat {
 public:
  /// Creates an empty format. Only useful as a target of assignment.
  ChatFormat() = default;

  /// Returns the chat format of `model`. Error: unsupported if the file has none.
  static Result<ChatFormat> open(const Model& model) noexcept;

  /// Whether the format accepts a system message.
  [[nodiscard]] bool has_system() const noexcept { return has_system_; }

  /// Name of the format's family as the converter recognized it, for display.
  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Writes the first turn of a conversation into `buffer`. Without `system`, the turn begins with
  /// the format's default opening. Errors: not_enough_memory (needed() is the size in bytes) if the
  /// turn does not fit; unsupported if the format accepts no system message.
  Result<ChatTurn> first_turn(std::optional<std::string_view> system, std::string_view user,
                              std::span<char> buffer) const noexcept;

  /// Writes any later turn, which follows a reply. Error: not_enough_memory, as above.
  Result<ChatTurn> next_turn(std::string_view user, std::span<char> buffer) const noexcept;

 private:
  Result<ChatTurn> write(std::span<const std::string_view> before, std::string_view user,
                         std::span<char> buffer) const noexcept;
  [[nodiscard]] std::string_view trimmed(std::string_view text) const noexcept;

  std::string_view name_;
  std::string_view opening_;
  std::string_view system_prefix_;
  std::string_view system_suffix_;
  std::string_view before_reply_;
  std::string_view after_reply_;
  bool has_system_ = false;
  bool trim_ = false;
};

}  // namespace ringlet
