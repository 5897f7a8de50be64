#include "serve/protocol/number_words.hpp"

#include <algorithm>

namespace ringlet::serve {
namespace {

constexpr std::string_view digit_characters = "0123456789";

/// Takes digits, which single underscores can divide; those are left out.
std::string take_digits(std::string_view& word) {
  std::string digits;
  while (!word.empty()) {
    const bool divides = word.front() == '_' && !digits.empty();
    const std::string_view digit = word.substr(divides ? 1 : 0, 1);
    if (digit.empty() || digit_characters.find(digit) == std::string_view::npos) break;
    digits += digit;
    word.remove_prefix(divides ? 2 : 1);
  }
  return digits;
}

bool take(std::string_view& word, char character) {
  if (!word.starts_with(character)) return false;
  word.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<std::string> number_in_json(std::string_view word, bool leading_zeros) {
  std::string json = take(word, '-') ? "-" : "";
  if (json.empty()) (void)take(word, '+');
  std::string whole = take_digits(word);
  const bool has_point = take(word, '.');
  const std::string fraction = has_point ? take_digits(word) : "";
  if (whole.empty() && fraction.empty()) return std::nullopt;
  const std::size_t zeros = std::min(whole.find_first_not_of('0'), whole.size());
  const bool has_zeros = whole.size() > 1 && zeros > 0;
  if (has_zeros && !leading_zeros) return std::nullopt;
  if (has_zeros) whole.erase(0, std::min(zeros, whole.size() - 1));
  json += whole.empty() ? "0" : whole;
  if (has_point) json += "." + (fraction.empty() ? "0" : fraction);
  if (word.starts_with('e') || word.starts_with('E')) {
    json += word.front();
    word.remove_prefix(1);
    if (word.starts_with('+') || word.starts_with('-')) {
      json += word.front();
      word.remove_prefix(1);
    }
    const std::string exponent = take_digits(word);
    if (exponent.empty()) return std::nullopt;
    json += exponent;
  }
  if (!word.empty()) return std::nullopt;
  return json;
}

}  // namespace ringlet::serve
