#include "serve/protocol/call_schema.hpp"

#include <utility>

#include "serve/protocol/replies.hpp"

namespace ringlet::serve {

std::string call_schema(const Json& tools, std::string_view name, CallSyntax syntax) {
  const char* key = syntax == CallSyntax::plain ? "parameters" : "arguments";
  Json calls = Json::array();
  for (const Json& tool : tools) {
    const Json& function = tool["function"];
    if (!name.empty() && function["name"] != name) continue;
    const auto given = function.find("parameters");
    const bool none = given == function.end() || given->is_null() || given->empty();
    Json properties = Json::object();
    properties["name"]["const"] = function["name"];
    if (none) {
      properties[key] = {{"type", "object"}, {"additionalProperties", false}};
    } else {
      properties[key] = *given;
    }
    Json call = {{"type", "object"}, {"additionalProperties", false}};
    call["properties"] = std::move(properties);
    call["required"] = Json::array({"name", key});
    calls.push_back(std::move(call));
  }
  Json call = calls.size() == 1 ? calls.front() : Json::object();
  if (calls.size() != 1) call["anyOf"] = std::move(calls);
  if (!marks_of(syntax).in_list) return dump(call);
  Json list = {{"type", "array"}, {"minItems", 1}, {"maxItems", 1}};
  list["items"] = std::move(call);
  return dump(list);
}

}  // namespace ringlet::serve
