// Conversations: what a model expects before and after each message.
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

/// One message of the user, as it goes to the tokenizer: the text with what the format puts around
/// it, up to the place where the model replies. What the user wrote is literal: no control token
/// can be typed into it.
struct ChatTurn {
  std::string_view text;
  Markup markup;
};

/// The chat format of a model file. A small view, valid as long as the model is.
///
/// A conversation is kept in a session by prefilling one turn after another. The reply's tokens are
/// in the session already when they have been generated; the next turn begins with what ends the
/// reply, so the token that ended it need not be stepped.
class ChatFormat {
 public:
  /// An empty format; only useful as a place to assign to.
  ChatFormat() = default;

  /// Fails when the file has none.
  static Result<ChatFormat> open(const Model& model) noexcept;

  /// Whether the format has a place for a system message.
  [[nodiscard]] bool has_system() const noexcept { return has_system_; }

  /// The family that the converter recognised, for people.
  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Writes the first turn of a conversation into `buffer`. Without `system` the format's own
  /// opening is used. Errors: no room in the buffer (says how much is needed), a system message
  /// where the format has no place for it.
  Result<ChatTurn> first_turn(std::optional<std::string_view> system, std::string_view user,
                              std::span<char> buffer) const noexcept;

  /// Writes a later turn, after a reply.
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
