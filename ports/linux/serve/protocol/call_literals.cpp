#include "serve/protocol/call_literals.hpp"

#include <algorithm>
#include <utility>

#include "serve/protocol/quoted_text.hpp"

namespace ringlet::serve {
namespace {

constexpr int most_levels = 128;
constexpr std::string_view name_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
// Where a word or a key without quotes ends.
constexpr std::string_view word_ends = ",;()[]{}<>=\"'\n";
constexpr std::string_view key_ends = ",;()[]{}<>=\"'\n:";

}  // namespace

const Literal* Literal::member(std::string_view key) const {
  const auto found = std::find(keys.begin(), keys.end(), key);
  return found == keys.end() ? nullptr : &values[static_cast<std::size_t>(found - keys.begin())];
}

std::size_t LiteralReader::blanks_before() const {
  return std::min(rest_.find_first_not_of(blanks), rest_.size());
}

bool LiteralReader::next_is_one_of(std::span<const std::string_view> marks) const {
  return std::any_of(marks.begin(), marks.end(),
                     [&](std::string_view mark) { return next_is(mark); });
}

bool LiteralReader::take(std::string_view mark) {
  if (!next_is(mark)) return false;
  rest_ = next().substr(mark.size());
  return true;
}

std::string_view LiteralReader::take_bytes(std::size_t count) {
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(taken.size());
  return taken;
}

std::optional<std::string_view> LiteralReader::take_before(std::string_view mark) {
  skip_blanks();
  const std::size_t at = rest_.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = take_bytes(at);
  rest_.remove_prefix(mark.size());
  return taken;
}

bool LiteralReader::take_separator() {
  const std::string_view between = rest_.substr(0, blanks_before());
  return take(",") || take(";") || between.find('\n') != std::string_view::npos;
}

std::string_view LiteralReader::take_name() {
  skip_blanks();
  return take_bytes(std::min(rest_.find_first_not_of(name_characters), rest_.size()));
}

std::optional<std::string> LiteralReader::take_key() {
  const std::string_view before = rest_;
  skip_blanks();
  std::optional<std::string> key = take_quoted(rest_, rest_, {.is_key = true});
  const bool has_quotes = key.has_value();
  if (!key) key = trimmed(take_bytes(std::min(rest_.find_first_of(key_ends), rest_.size())));
  if ((has_quotes || !key->empty()) && (take("=") || take(":"))) return key;
  rest_ = before;
  return std::nullopt;
}

std::optional<Literal> LiteralReader::take_value() { return take_value(most_levels); }

std::optional<Literal> LiteralReader::take_value(int levels) {
  if (levels == 0) return std::nullopt;
  if (take("{")) return take_object(levels);
  if (take("[")) return take_list("]", levels);
  if (take("(")) return take_list(")", levels);
  skip_blanks();
  if (auto text = take_quoted(rest_, rest_, {.joins_texts = joins_texts_})) {
    return Literal{.kind = Literal::Kind::text, .text = std::move(*text)};
  }
  const std::size_t end = std::min(rest_.find_first_of(word_ends), rest_.size());
  std::string word(trimmed(take_bytes(end)));
  if (word.empty()) return std::nullopt;
  return Literal{.kind = Literal::Kind::word, .text = std::move(word)};
}

/// What stands behind the bracket. One value in parentheses is that value.
std::optional<Literal> LiteralReader::take_list(std::string_view end, int levels) {
  Literal list{.kind = Literal::Kind::list};
  bool has_comma = false;
  while (!take(end)) {
    if (!list.values.empty() && !has_comma) return std::nullopt;
    auto element = take_value(levels - 1);
    if (!element) return std::nullopt;
    list.values.push_back(std::move(*element));
    has_comma = take(",");
  }
  if (end == ")" && list.values.size() == 1 && !has_comma) return std::move(list.values.front());
  return list;
}

/// What stands behind the brace. The last of two values for a key counts.
std::optional<Literal> LiteralReader::take_object(int levels) {
  Literal object{.kind = Literal::Kind::object};
  bool may_go_on = true;
  while (!take("}")) {
    if (!may_go_on) return std::nullopt;
    std::optional<std::string> key = take_key();
    std::optional<Literal> value = key ? take_value(levels - 1) : std::nullopt;
    if (!value || object.keys.size() == most_members) return std::nullopt;
    const auto same = std::find(object.keys.begin(), object.keys.end(), *key);
    if (same == object.keys.end()) {
      object.keys.push_back(std::move(*key));
      object.values.push_back(std::move(*value));
    } else {
      object.values[static_cast<std::size_t>(same - object.keys.begin())] = std::move(*value);
    }
    may_go_on = take(",");
  }
  return object;
}

}  // namespace ringlet::serve
