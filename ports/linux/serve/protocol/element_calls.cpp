// Calls whose arguments are elements.
#include <algorithm>

#include "serve/protocol/call_readers.hpp"
#include "serve/protocol/schema_values.hpp"

namespace ringlet::serve {
namespace {

constexpr std::string_view parameter_end = "</parameter>";
constexpr std::string_view function_end = "</function>";

/// The value without the one line break that templates write on each side.
std::string_view without_breaks(std::string_view value) {
  if (value.starts_with('\n')) value.remove_prefix(1);
  if (value.ends_with('\n')) value.remove_suffix(1);
  return value;
}

/// Whether the text begins with the end of the function, and not with a value that spells it.
bool ends_function(std::string_view text) {
  LiteralReader reader(text);
  if (!reader.take(function_end)) return false;
  return reader.at_end() || reader.next_is("</tool_call>") || reader.next_is("<function=");
}

/// The size of a value. A model can forget to close a parameter before the next one, or before the
/// end. Nothing if it has no end.
std::optional<std::size_t> size_of_value(std::string_view text) {
  std::size_t end = text.find(parameter_end);
  end = std::min(end, text.substr(0, end).find("\n<parameter="));
  for (std::size_t at = 0; (at = text.substr(0, end).find(function_end, at)) != text.npos; ++at) {
    if (ends_function(text.substr(at))) return at;
  }
  return end == std::string_view::npos ? std::nullopt : std::optional(end);
}

/// Takes one `<parameter=…>`. False if it cannot be read.
bool take_parameter(LiteralReader& reader, const ToolCall& call, const Functions& functions,
                    JsonMembers& arguments) {
  const auto key = reader.take("<parameter=") ? reader.take_before(">") : std::nullopt;
  const auto size = key ? size_of_value(reader.rest()) : std::nullopt;
  if (!size) return false;
  const std::string_view value = without_breaks(reader.take_bytes(*size));
  (void)reader.take(parameter_end);
  const std::string name(trimmed(*key));
  return arguments.add(name, json_of_text(value, functions.parameter(call.name, name)));
}

}  // namespace

std::optional<ToolCall> read_element_call(LiteralReader& reader, const Functions& functions) {
  const auto name = reader.take("<function=") ? reader.take_before(">") : std::nullopt;
  if (!name) return std::nullopt;
  ToolCall call{.name = std::string(functions.name_of(trimmed(*name)))};
  JsonMembers arguments;
  while (!reader.take(function_end)) {
    if (!take_parameter(reader, call, functions, arguments)) return std::nullopt;
  }
  call.arguments = arguments.object();
  return call;
}

}  // namespace ringlet::serve
