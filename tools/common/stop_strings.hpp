// Strings that end a generation (--stop), even if they span several tokens.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ringlet::common {

/// Reads a text piece by piece and releases what can no longer be part of a stop string. The text
/// held back is always a prefix of a stop string, so it needs no buffer, and next() and finish() do
/// not allocate. (Knuth, Morris and Pratt, 1977, for each string.)
class StopStrings {
 public:
  /// Text to show now: `held` from earlier pieces, followed by `text` from this one.
  struct Released {
    std::string_view held;
    std::string_view text;
  };

  StopStrings() = default;
  /// No string can be empty.
  explicit StopStrings(const std::vector<std::string>& strings);

  /// Processes the next piece of the text. The result is valid as long as this object and the
  /// piece.
  Released next(std::string_view piece) noexcept;

  /// Returns the text that is still held back at the end. The next text starts over.
  std::string_view finish() noexcept;

  /// Whether the text contained a stop string. The first one to be completed counts, or the longer
  /// of two that end together. It is never released.
  [[nodiscard]] bool found() const noexcept { return found_; }

 private:
  struct Pattern {
    std::string text;
    std::vector<std::size_t> fallback;  // per length: the longest shorter prefix ending there
    std::size_t matched = 0;            // length of the prefix that the text ends with

    void advance(char byte) noexcept;
  };

  [[nodiscard]] std::string_view held() const noexcept;
  void forget() noexcept;

  std::vector<Pattern> patterns_;
  bool found_ = false;
};

}  // namespace ringlet::common
