#include "actions.hpp"

#include <cstddef>

namespace ringlet::port {
namespace {

/// Where one of two characters is outside of texts, or the size.
std::size_t find_outside(std::string_view text, char one, char other) {
  bool in_text = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    if (text[i] == '"') in_text = !in_text;
    if (!in_text && (text[i] == one || text[i] == other)) break;
  }
  return i;
}

// In place of substr(), whose check would link in what throws.
std::string_view first(std::string_view text, std::size_t count) { return {text.data(), count}; }

/// The text from `from` on, or nothing.
std::string_view rest_of(std::string_view text, std::size_t from) {
  text.remove_prefix(from < text.size() ? from : text.size());
  return text;
}

std::string_view without_quotes(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
  return first(rest_of(text, 1), text.size() - 2);
}

}  // namespace

bool Action::next(std::string_view& rest, Member& member) noexcept {
  const std::size_t end = find_outside(rest, ',', ',');
  const std::string_view text = first(rest, end);
  const std::size_t colon = find_outside(text, ':', ':');
  if (colon == text.size()) return false;
  member = {without_quotes(first(text, colon)), without_quotes(rest_of(text, colon + 1))};
  rest = rest_of(rest, end + 1);
  return true;
}

std::string_view Action::value(std::string_view key) const noexcept {
  std::string_view rest = members_;
  for (Member member; next(rest, member);) {
    if (member.key == key) return member.value;
  }
  return {};
}

bool next_action(std::string_view& rest, Action& action) noexcept {
  const std::size_t begin = find_outside(rest, '{', '{');
  if (begin == rest.size()) return false;
  const std::string_view object = rest_of(rest, begin + 1);
  const std::size_t end = find_outside(object, '}', '}');
  if (end == object.size()) return false;
  action = Action(first(object, end));
  rest = rest_of(object, end + 1);
  return true;
}

}  // namespace ringlet::port
