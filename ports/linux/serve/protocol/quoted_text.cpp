#include "serve/protocol/quoted_text.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "serve/protocol/call_text.hpp"
#include "serve/protocol/escapes.hpp"

namespace ringlet::serve {
namespace {

constexpr std::string_view gemma_quote = R"(<|"|>)";

bool is_quote(char c) { return c == '"' || c == '\''; }

bool is_in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0;
}

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text;
}

/// Whether the text begins with a name and an equals sign: the next argument, behind a comma that
/// the model forgot.
bool begins_argument(std::string_view text) {
  const auto* const end = std::find_if_not(text.begin(), text.end(), is_in_name);
  const auto size = static_cast<std::size_t>(end - text.begin());
  return size > 0 && without_blanks(text.substr(size)).starts_with('=');
}

/// Whether the text goes on as it does behind a value, or behind a key.
bool follows_value(std::string_view text, const QuoteRules& rules) {
  const std::string_view ends = rules.is_key ? ",)]}:=" : ",)]}";
  return text.empty() || ends.find(text.front()) != std::string_view::npos ||
         text.starts_with("<|") || text.starts_with("<tool_call|>");
}

enum class Role : std::uint8_t { ends, belongs, unclear };

/// What a quote is, by the text behind it.
Role role_of(std::string_view behind, char quote, const QuoteRules& rules) {
  const std::string_view next = without_blanks(behind);
  if (follows_value(next, rules)) return Role::ends;
  if (next.size() == behind.size()) {
    const bool ends_two =
        next.front() == quote && !follows_value(without_blanks(next.substr(1)), rules);
    return ends_two ? Role::unclear : Role::belongs;
  }
  if (is_quote(next.front())) return rules.joins_texts ? Role::ends : Role::unclear;
  constexpr std::string_view operators = "+*%";
  const bool is_operator = operators.find(next.front()) != std::string_view::npos;
  return is_operator || begins_argument(next) ? Role::unclear : Role::belongs;
}

/// Whether a quote looks like an opening one: after a blank or a bracket, and before a word.
bool opens(std::string_view before, std::string_view behind) {
  constexpr std::string_view brackets = "([{";
  const bool is_free = before.empty() || blanks.find(before.back()) != std::string_view::npos ||
                       brackets.find(before.back()) != std::string_view::npos;
  return is_free && !behind.empty() && blanks.find(behind.front()) == std::string_view::npos;
}

/// A text between quotes, as it is written.
struct Quoted {
  std::string_view text;
  std::string_view rest;
  bool has_quotes = false;  // of its own, which are not escaped
};

/// Reads the text after an opening quote. Nothing if it does not end, or if its end is unclear: a
/// quote that is opened within the text must be closed there.
std::optional<Quoted> read_quoted(std::string_view text, std::string_view quote,
                                  const QuoteRules& rules) {
  Quoted found;
  int opened = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text.substr(at).starts_with(quote)) {
      found.text = text.substr(0, at);
      found.rest = text.substr(at + quote.size());
      if (quote.size() > 1) return found;
      const Role role = role_of(found.rest, quote.front(), rules);
      if (role == Role::ends && opened == 0) return found;
      if (role != Role::belongs) return std::nullopt;
      found.has_quotes = true;
      if (opens(found.text, found.rest)) {
        ++opened;
      } else if (opened > 0) {
        --opened;
      }
    }
  }
  return std::nullopt;
}

/// One text.
struct Taken {
  std::string text;
  std::string_view rest;
  bool has_quotes = false;
};

std::optional<Taken> take_one(std::string_view text, const QuoteRules& rules) {
  if (text.starts_with(gemma_quote)) {
    text.remove_prefix(gemma_quote.size());
    const std::size_t end = text.find(gemma_quote);
    if (end == std::string_view::npos) return std::nullopt;
    return Taken{std::string(text.substr(0, end)), text.substr(end + gemma_quote.size())};
  }
  const bool is_raw = text.size() > 1 && (text[0] == 'r' || text[0] == 'R') && is_quote(text[1]);
  if (is_raw) text.remove_prefix(1);
  if (text.empty() || !is_quote(text.front())) return std::nullopt;
  const bool is_triple = text.starts_with(R"(""")") || text.starts_with("'''");
  const std::string_view quote = text.substr(0, is_triple ? 3 : 1);
  const std::optional<Quoted> found = read_quoted(text.substr(quote.size()), quote, rules);
  if (!found) return std::nullopt;
  return Taken{is_raw ? std::string(found->text) : unescaped(found->text), found->rest,
               found->has_quotes};
}

}  // namespace

std::optional<std::string> take_quoted(std::string_view text, std::string_view& rest,
                                       const QuoteRules& rules) {
  std::optional<Taken> taken = take_one(text, rules);
  if (!taken) return std::nullopt;
  while (rules.joins_texts) {
    const std::optional<Taken> more = take_one(without_blanks(taken->rest), rules);
    if (!more) break;
    // This may be one text with quotes of its own, which joining would delete.
    if (taken->has_quotes || more->has_quotes) return std::nullopt;
    taken->text += more->text;
    taken->rest = more->rest;
  }
  rest = taken->rest;
  return std::move(taken->text);
}

}  // namespace ringlet::serve
