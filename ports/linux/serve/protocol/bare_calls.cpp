#include "serve/protocol/bare_calls.hpp"

#include <algorithm>
#include <string>

namespace ringlet::serve {
namespace {

/// Whether the text begins with the word, or can when more of it comes.
BareCall compare(std::string_view text, std::string_view word) {
  if (text.starts_with(word)) return BareCall::begun;
  return word.starts_with(text) ? BareCall::possible : BareCall::none;
}

}  // namespace

BareCall find_bare_call(std::string_view answer, CallSyntax syntax, const Functions& functions) {
  const bool is_plain = syntax == CallSyntax::plain;
  const bool has_names = syntax == CallSyntax::python || syntax == CallSyntax::granite;
  if (syntax == CallSyntax::gemma) return compare(trimmed(answer), "call:");
  if (!is_plain && !has_names) return BareCall::none;
  std::string_view said = trimmed(answer);
  const bool in_list = said.starts_with('[');
  if (in_list) said = trimmed(said.substr(1));
  BareCall found = is_plain || in_list ? compare(said, "{") : BareCall::none;
  if (!has_names) return found;
  for (const std::string& name : functions.names()) {
    found = std::max(found, compare(said, name + "("));
  }
  return found;
}

}  // namespace ringlet::serve
