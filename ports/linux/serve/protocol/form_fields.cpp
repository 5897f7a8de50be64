#include "serve/protocol/form_fields.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "serve/protocol/api_error.hpp"
#include "serve/protocol/replies.hpp"
#include "serve/protocol/request_body.hpp"

namespace ringlet::serve {
namespace {

AnswerForm schema_form(const Json& schema, std::string field) {
  return {AnswerForm::Kind::json_schema, dump(schema), std::move(field)};
}

/// A schema as an object, or as JSON in a string, which vLLM takes too.
AnswerForm read_schema(const Fields& fields, const char* name) {
  const Json* given = fields.find(name);
  if (given != nullptr && given->is_string()) {
    const std::optional<Json> parsed = parse_text(given->get<std::string>());
    if (parsed && parsed->is_object()) return schema_form(*parsed, fields.path(name));
  }
  const Json* schema = fields.object(name);
  return schema == nullptr ? AnswerForm{} : schema_form(*schema, fields.path(name));
}

void require_no_grammar(const Fields& fields, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    fields.require_absent(name, "", "not supported; response_format takes a JSON Schema");
  }
}

/// A form that has a field of its own: llama-server's json_schema, vLLM's guided_json and, since
/// its version 0.12, structured_outputs.
AnswerForm read_bare_form(const Fields& body) {
  for (const char* name : {"json_schema", "guided_json"}) {
    if (body.find(name) != nullptr) return read_schema(body, name);
  }
  const Json* outputs = body.object("structured_outputs");
  if (outputs == nullptr) return {};
  const Fields fields(*outputs, "structured_outputs.");
  require_no_grammar(fields, {"regex", "choice", "grammar", "structural_tag"});
  if (fields.flag("json_object").value_or(false)) {
    return {AnswerForm::Kind::json_object, {}, fields.path("json_object")};
  }
  return read_schema(fields, "json");
}

}  // namespace

AnswerForm read_form(const Fields& body) {
  require_no_grammar(body, {"grammar", "guided_regex", "guided_grammar", "guided_choice"});
  const Json* format = body.object("response_format");
  if (format == nullptr) return read_bare_form(body);
  const Fields fields(*format, "response_format.");
  const std::string type = fields.text("type").value_or("");
  if (type == "text") return read_bare_form(body);
  if (type == "json_object") {
    // llama-server's form of a schema.
    if (const Json* schema = fields.object("schema"))
      return schema_form(*schema, "response_format");
    return {AnswerForm::Kind::json_object, {}, "response_format"};
  }
  if (type != "json_schema") {
    throw unsupported("response_format.type",
                      "response_format.type must be text, json_object or json_schema");
  }
  const Json* named = fields.object("json_schema");
  if (named == nullptr) {
    throw invalid("response_format.json_schema", "response_format.json_schema is missing");
  }
  const Json* schema = Fields(*named, "response_format.json_schema.").object("schema");
  if (schema == nullptr) {
    throw invalid("response_format.json_schema.schema",
                  "response_format.json_schema.schema is missing");
  }
  return schema_form(*schema, "response_format");
}

}  // namespace ringlet::serve
