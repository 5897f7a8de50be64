// Calls whose arguments are JSON.
#include <algorithm>
#include <array>

#include "serve/protocol/call_readers.hpp"
#include "serve/protocol/schema_values.hpp"

namespace ringlet::serve {
namespace {

/// The arguments in JSON; nothing if they are no object.
std::optional<std::string> json_of_arguments(const Literal& given) {
  if (given.kind == Literal::Kind::object) return json_of(given);
  if (given.kind == Literal::Kind::list) return std::nullopt;
  const std::string_view said = trimmed(given.text);
  if (said == "null" || said == "None" || (said.empty() && given.kind == Literal::Kind::text))
    return "{}";
  if (given.kind == Literal::Kind::word) return std::nullopt;
  // Some models write JSON in a text, as the protocol has it.
  LiteralReader reader(said);
  const std::optional<Literal> inner = reader.take_value();
  if (!inner || inner->kind != Literal::Kind::object || !reader.at_end()) return std::nullopt;
  return json_of(*inner);
}

/// The arguments of a call in JSON; {} if it has none. Nothing if it has unknown members, because
/// arguments under another name ("args") would be lost.
std::optional<std::string> arguments_of(const Literal& call) {
  for (const char* key : {"arguments", "parameters"}) {
    if (const Literal* given = call.member(key)) return json_of_arguments(*given);
  }
  constexpr std::array<std::string_view, 4> known = {"name", "id", "type", "index"};
  const bool is_call = std::all_of(call.keys.begin(), call.keys.end(), [&](const std::string& key) {
    return std::find(known.begin(), known.end(), key) != known.end();
  });
  return is_call ? std::optional<std::string>("{}") : std::nullopt;
}

}  // namespace

std::optional<ToolCall> read_json_call(LiteralReader& reader, const Functions& functions) {
  const std::optional<Literal> value = reader.take_value();
  if (!value || value->kind != Literal::Kind::object || !json_of(*value)) return std::nullopt;
  const Literal* const inner = value->member("function");
  const Literal& call = inner != nullptr && inner->kind == Literal::Kind::object ? *inner : *value;
  const Literal* const name = call.member("name");
  if (name == nullptr || name->kind != Literal::Kind::text) return ToolCall{};
  const std::optional<std::string> json = arguments_of(call);
  if (!json) return ToolCall{};
  return ToolCall{.name = std::string(functions.name_of(name->text)), .arguments = *json};
}

std::optional<ToolCall> read_named_call(LiteralReader& reader, const Functions& functions) {
  ToolCall call{.name = std::string(functions.name_of(reader.take_name()))};
  if (call.name.empty()) return std::nullopt;
  if (reader.take("[CALL_ID]")) (void)reader.take_name();
  (void)reader.take("[ARGS]");
  if (!reader.next_is("{")) return std::nullopt;
  const std::optional<Literal> arguments = reader.take_value();
  const auto json = arguments ? json_of(*arguments) : std::nullopt;
  if (!json) return std::nullopt;
  call.arguments = *json;
  return call;
}

}  // namespace ringlet::serve
