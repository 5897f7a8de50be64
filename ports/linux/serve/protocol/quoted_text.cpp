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

/// Where the text ends that `text` begins with, behind its opening quote. Nothing if it does not.
std::optional<std::size_t> find_end(std::string_view text, std::string_view quote,
                                    const QuoteRules& rules) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text.substr(at).starts_with(quote)) {
      if (quote.size() > 1) return at;
      const Role role = role_of(text.substr(at + 1), quote.front(), rules);
      if (role == Role::ends) return at;
      if (role == Role::unclear) return std::nullopt;
    }
  }
  return std::nullopt;
}

/// One text; those that are joined have several.
std::optional<std::string> take_one(std::string_view& rest, const QuoteRules& rules) {
  if (rest.starts_with(gemma_quote)) {
    const std::size_t end = rest.find(gemma_quote, gemma_quote.size());
    if (end == std::string_view::npos) return std::nullopt;
    std::string text(rest.substr(gemma_quote.size(), end - gemma_quote.size()));
    rest.remove_prefix(end + gemma_quote.size());
    return text;
  }
  std::string_view text = rest;
  const bool is_raw = text.size() > 1 && (text[0] == 'r' || text[0] == 'R') && is_quote(text[1]);
  if (is_raw) text.remove_prefix(1);
  if (text.empty() || !is_quote(text.front())) return std::nullopt;
  const bool is_triple = text.starts_with(R"(""")") || text.starts_with("'''");
  const std::string_view quote = text.substr(0, is_triple ? 3 : 1);
  text.remove_prefix(quote.size());
  const std::optional<std::size_t> end = find_end(text, quote, rules);
  if (!end) return std::nullopt;
  rest = text.substr(*end + quote.size());
  return is_raw ? std::string(text.substr(0, *end)) : unescaped(text.substr(0, *end));
}

}  // namespace

std::optional<std::string> take_quoted(std::string_view text, std::string_view& rest,
                                       const QuoteRules& rules) {
  std::optional<std::string> taken = take_one(text, rules);
  if (!taken) return std::nullopt;
  while (rules.joins_texts) {
    std::string_view behind = without_blanks(text);
    const std::optional<std::string> more = take_one(behind, rules);
    if (!more) break;
    *taken += *more;
    text = behind;
  }
  rest = text;
  return taken;
}

}  // namespace ringlet::serve
