// The values in calls: literals of JSON, of Python, and of Gemma 4.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/protocol/call_text.hpp"

namespace ringlet::serve {

/// Members of an object, or arguments of a call, at most.
inline constexpr std::size_t most_members = 1024;

/// A value as a model wrote it.
struct Literal {
  enum class Kind : std::uint8_t { word, text, list, object };
  Kind kind = Kind::word;
  /// What a text says; a word, such as a number, as it is spelled.
  std::string text = {};
  std::vector<std::string> keys = {};  // of an object, which differ
  std::vector<Literal> values = {};    // of a list, or for the keys

  /// The value of a key; null if the literal is no object that has it.
  [[nodiscard]] const Literal* member(std::string_view key) const;
};

/// Reads from the beginning of a text. Functions skip blanks before what they look for or take.
class LiteralReader {
 public:
  /// `joins_texts`: 'a' 'b' is 'ab', as in Python. It is an error in JSON.
  explicit LiteralReader(std::string_view text, bool joins_texts = false)
      : rest_(text), joins_texts_(joins_texts) {}

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool at_end() const { return next().empty(); }
  [[nodiscard]] bool next_is(std::string_view mark) const { return next().starts_with(mark); }
  [[nodiscard]] bool next_is_one_of(std::span<const std::string_view> marks) const;

  /// Takes the mark if it comes next.
  [[nodiscard]] bool take(std::string_view mark);
  /// Takes what stands before the mark, and the mark. Nothing if there is no mark.
  [[nodiscard]] std::optional<std::string_view> take_before(std::string_view mark);
  /// Takes so many bytes, blanks too.
  std::string_view take_bytes(std::size_t count);
  /// Takes a comma, a semicolon or a line break.
  [[nodiscard]] bool take_separator();
  /// A name of a function, which can be empty.
  [[nodiscard]] std::string_view take_name();

  /// The key before a colon or an equals sign. Nothing, and nothing is taken, if there is none.
  [[nodiscard]] std::optional<std::string> take_key();
  /// A value. A word ends where no text without quotes can go on. Nothing if there is none, or if
  /// it is not whole, or nested more than 128 levels.
  [[nodiscard]] std::optional<Literal> take_value();

 private:
  [[nodiscard]] std::size_t blanks_before() const;
  [[nodiscard]] std::string_view next() const { return rest_.substr(blanks_before()); }
  void skip_blanks() { rest_ = next(); }
  [[nodiscard]] std::optional<Literal> take_value(int levels);
  [[nodiscard]] std::optional<Literal> take_list(std::string_view end, int levels);
  [[nodiscard]] std::optional<Literal> take_object(int levels);

  std::string_view rest_;
  bool joins_texts_;
};

}  // namespace ringlet::serve
