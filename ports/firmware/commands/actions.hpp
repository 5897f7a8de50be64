// Reads the answers of the model: [{"do":"on","name":"desk lamp"},…], as the grammar writes them.
#pragma once

#include <string_view>

namespace ringlet::port {

/// A key and its value, without the quotes of a text.
struct Member {
  std::string_view key;
  std::string_view value;
};

/// One object of an answer. A view.
class Action {
 public:
  Action() = default;
  /// `members` is what is between the braces.
  explicit Action(std::string_view members) noexcept : members_(members) {}

  /// Reads the next member from `rest`, which begins as members(). False at the end.
  static bool next(std::string_view& rest, Member& member) noexcept;

  [[nodiscard]] std::string_view members() const noexcept { return members_; }

  /// The value of a key, or nothing.
  [[nodiscard]] std::string_view value(std::string_view key) const noexcept;

 private:
  std::string_view members_;
};

/// Reads the next object from `rest`, which begins as the answer. False at the end. The answer has
/// no white space between values and no escapes: the texts of homes and spans have no quotes.
bool next_action(std::string_view& rest, Action& action) noexcept;

}  // namespace ringlet::port
