#include "common/stop_strings.hpp"

#include <algorithm>

namespace ringlet::common {

StopStrings::StopStrings(const std::vector<std::string>& strings) {
  for (const std::string& text : strings) {
    Pattern& pattern = patterns_.emplace_back();
    pattern.text = text;
    pattern.fallback.assign(text.size() + 1, 0);
    std::size_t length = 0;
    for (std::size_t end = 1; end < text.size(); ++end) {
      while (length > 0 && text[end] != text[length]) length = pattern.fallback[length];
      if (text[end] == text[length]) ++length;
      pattern.fallback[end + 1] = length;
    }
  }
}

void StopStrings::Pattern::advance(char byte) noexcept {
  while (matched > 0 && text[matched] != byte) matched = fallback[matched];
  if (text[matched] == byte) ++matched;
}

StopStrings::Released StopStrings::next(std::string_view piece) noexcept {
  const std::string_view before = held();
  std::size_t read = 0;
  std::size_t stop_size = 0;
  while (read < piece.size() && stop_size == 0) {
    for (Pattern& pattern : patterns_) {
      pattern.advance(piece[read]);
      if (pattern.matched == pattern.text.size()) stop_size = std::max(stop_size, pattern.matched);
    }
    ++read;
  }
  found_ = stop_size > 0;
  const std::size_t released = before.size() + read - (found_ ? stop_size : held().size());
  if (found_) forget();
  return {before.substr(0, released),
          piece.substr(0, released - std::min(released, before.size()))};
}

std::string_view StopStrings::finish() noexcept {
  const std::string_view rest = held();
  forget();
  return rest;
}

/// The longest prefix of a stop string that the text ends with.
std::string_view StopStrings::held() const noexcept {
  std::string_view longest;
  for (const Pattern& pattern : patterns_) {
    if (pattern.matched > longest.size()) {
      longest = std::string_view(pattern.text).substr(0, pattern.matched);
    }
  }
  return longest;
}

void StopStrings::forget() noexcept {
  for (Pattern& pattern : patterns_) pattern.matched = 0;
}

}  // namespace ringlet::common
