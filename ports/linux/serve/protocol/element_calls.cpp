// Calls whose arguments are elements.
#include "serve/protocol/call_readers.hpp"
#include "serve/protocol/schema_values.hpp"

namespace ringlet::serve {
namespace {

constexpr std::string_view function_begin = "<function=";
constexpr std::string_view function_end = "</function>";
constexpr std::string_view parameter_begin = "<parameter=";
constexpr std::string_view parameter_end = "</parameter>";
constexpr std::string_view call_end = "</tool_call>";

/// The value without the one line break that templates write on each side.
std::string_view without_breaks(std::string_view value) {
  if (value.starts_with('\n')) value.remove_prefix(1);
  if (value.ends_with('\n')) value.remove_suffix(1);
  return value;
}

/// Whether the text begins with the end of the function that has the value. A model can forget to
/// close a parameter before that end. But if a parameter is closed before the next call begins, the
/// tag is a part of the value.
bool ends_function(std::string_view text) {
  LiteralReader reader(text);
  if (!reader.take(function_end)) return false;
  if (!reader.at_end() && !reader.next_is(call_end) && !reader.next_is(function_begin)) {
    return false;
  }
  const std::string_view rest = reader.rest();
  return rest.substr(0, rest.find(function_begin)).find(parameter_end) == std::string_view::npos;
}

/// Whether the text begins with the whole tag of a function.
bool begins_function(std::string_view text) {
  if (!text.starts_with(function_begin)) return false;
  const std::size_t end = text.find_first_of("<>\n", function_begin.size());
  return end != std::string_view::npos && text[end] == '>';
}

class ElementReader {
 public:
  ElementReader(LiteralReader& reader, const Functions& functions)
      : reader_(reader), functions_(functions) {}

  std::optional<ToolCall> read() {
    const auto name = take_tag(function_begin);
    if (!name) return std::nullopt;
    ToolCall call{.name = std::string(functions_.name_of(*name))};
    JsonMembers arguments;
    // Some models omit </function> before </tool_call>.
    while (!reader_.take(function_end) && !reader_.next_is(call_end)) {
      if (!take_parameter(call.name, arguments)) return std::nullopt;
    }
    call.arguments = arguments.object();
    return call;
  }

 private:
  /// The name in a tag, which must come next.
  std::optional<std::string_view> take_tag(std::string_view begin) {
    const auto name = reader_.take(begin) ? reader_.take_before(">") : std::nullopt;
    return name ? std::optional(trimmed(*name)) : std::nullopt;
  }

  bool take_parameter(std::string_view function, JsonMembers& arguments) {
    const auto name = take_tag(parameter_begin);
    if (!name) return false;
    const Json* const schema = functions_.parameter(function, *name);
    // A value can mention the tag of a function without its end.
    auto size = size_of_value(function, true);
    if (!size) size = size_of_value(function, false);
    if (!size) return false;
    const std::string_view value = without_breaks(reader_.take_bytes(*size));
    (void)reader_.take(parameter_end);
    return arguments.add(std::string(*name), json_of_text(value, schema));
  }

  /// The size of the next value. With `counts_functions`, the tags of a function that the value
  /// quotes do not end it.
  [[nodiscard]] std::optional<std::size_t> size_of_value(std::string_view function,
                                                         bool counts_functions) const {
    const std::string_view text = reader_.rest();
    std::size_t inside = 0;
    for (std::size_t at = 0; (at = text.find('<', at)) != std::string_view::npos; ++at) {
      const std::string_view here = text.substr(at);
      const bool is_end = here.starts_with(function_end);
      if (is_end && inside == 0 && ends_function(here)) return at;
      if (is_end && inside > 0) --inside;
      if (counts_functions && begins_function(here)) ++inside;
      if (inside > 0) continue;
      if (here.starts_with(parameter_end)) return at;
      if (at > 0 && text[at - 1] == '\n' && begins_parameter(function, here)) return at;
    }
    return std::nullopt;
  }

  /// Whether the text begins another parameter of the function, so that the one before it is not
  /// closed. Code can have a line with such a tag, but hardly with the name of a parameter.
  [[nodiscard]] bool begins_parameter(std::string_view function, std::string_view text) const {
    if (!text.starts_with(parameter_begin)) return false;
    const std::string_view name = text.substr(parameter_begin.size());
    return functions_.parameter(function, trimmed(name.substr(0, name.find('>')))) != nullptr;
  }

  LiteralReader& reader_;
  const Functions& functions_;
};

}  // namespace

std::optional<ToolCall> read_element_call(LiteralReader& reader, const Functions& functions) {
  return ElementReader(reader, functions).read();
}

}  // namespace ringlet::serve
