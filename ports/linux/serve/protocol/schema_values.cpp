#include "serve/protocol/schema_values.hpp"

#include <algorithm>
#include <utility>

#include "serve/protocol/number_words.hpp"
#include "serve/protocol/replies.hpp"

namespace ringlet::serve {
namespace {

/// The types that a schema allows, by their names in JSON Schema.
class Types {
 public:
  explicit Types(const Json* schema) {
    if (schema == nullptr) {
      names_.emplace_back("any");
    } else {
      add(*schema);
    }
  }

  [[nodiscard]] bool has(std::string_view name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }
  [[nodiscard]] bool has_any() const { return has("any"); }
  [[nodiscard]] bool has_texts() const { return has("string") || has_any(); }
  [[nodiscard]] bool takes_numbers() const { return has("number") || has("integer"); }

  /// Whether the value of this JSON has one of the types.
  [[nodiscard]] bool has_value(std::string_view json) const {
    if (has_any()) return true;
    switch (json.front()) {
      case '"':
        return has("string");
      case '{':
        return has("object");
      case '[':
        return has("array");
      case 't':
      case 'f':
        return has("boolean");
      case 'n':
        return has("null");
      default:
        return takes_numbers();
    }
  }

 private:
  void add(const Json& schema) {
    for (const char* key : {"anyOf", "oneOf"}) {
      const auto choices = schema.find(key);
      if (choices == schema.end() || !choices->is_array()) continue;
      for (const Json& choice : *choices) add(choice);
      return;
    }
    const auto type = schema.find("type");
    const auto values = schema.find("enum");
    if (type != schema.end()) {
      const Json names = type->is_array() ? *type : Json::array({*type});
      for (const Json& name : names)
        names_.push_back(name.is_string() ? name.get<std::string>() : "any");
    } else if (values != schema.end()) {
      for (const Json& value : *values) names_.emplace_back(value.type_name());
    } else {
      names_.emplace_back("any");
    }
  }

  std::vector<std::string> names_;
};

/// JSON's word for a word of JSON or Python.
std::optional<std::string> constant(std::string_view word) {
  if (word == "true" || word == "True") return "true";
  if (word == "false" || word == "False") return "false";
  if (word == "null" || word == "None") return "null";
  return std::nullopt;
}

std::optional<std::string> json_of_word(const std::string& word) {
  auto json = constant(word);
  return json ? json : number_in_json(word);
}

/// A word where the schema decides. A null stays one, whatever it says.
std::optional<std::string> typed_word(const std::string& word, const Types& types) {
  auto json = json_of_word(word);
  const bool is_value = json && (*json == "null" || types.has_value(*json));
  if (is_value) return json;
  if (types.has_texts()) return dump(word);
  return json ? json : types.takes_numbers() ? number_in_json(word, true) : std::nullopt;
}

/// What a text stands for where the schema has no texts; nothing if that is nothing of the schema.
std::optional<std::string> untexted(std::string_view text, const Types& types) {
  LiteralReader reader(text);
  const std::optional<Literal> literal = reader.take_value();
  if (!literal || !reader.at_end()) return std::nullopt;
  std::optional<std::string> json =
      literal->kind == Literal::Kind::word ? json_of_word(literal->text) : json_of(*literal);
  return json && types.has_value(*json) ? std::move(json) : std::nullopt;
}

const Json* member(const Json* schema, const char* name) {
  if (schema == nullptr || !schema->is_object()) return nullptr;
  const auto found = schema->find(name);
  return found == schema->end() || !found->is_object() ? nullptr : &*found;
}

/// A list or an object of what `json_of_one` makes of the values.
template <typename JsonOfOne>
std::optional<std::string> json_of_all(const Literal& literal, const JsonOfOne& json_of_one) {
  const bool is_object = literal.kind == Literal::Kind::object;
  std::string text = is_object ? "{" : "[";
  for (std::size_t i = 0; i < literal.values.size(); ++i) {
    if (i > 0) text += ',';
    if (is_object) text += dump(literal.keys[i]) + ":";
    const std::optional<std::string> one = json_of_one(i);
    if (!one) return std::nullopt;
    text += *one;
  }
  return text + (is_object ? "}" : "]");
}

}  // namespace

std::optional<std::string> json_of(const Literal& literal) {
  if (literal.kind == Literal::Kind::text) return dump(literal.text);
  if (literal.kind == Literal::Kind::word) return json_of_word(literal.text);
  return json_of_all(literal, [&](std::size_t i) { return json_of(literal.values[i]); });
}

std::optional<std::string> json_of(const Literal& literal, const Json* schema) {
  const Types types(schema);
  if (literal.kind == Literal::Kind::word) return typed_word(literal.text, types);
  if (literal.kind == Literal::Kind::text) {
    const auto other = types.has_texts() ? std::nullopt : untexted(literal.text, types);
    return other ? other : dump(literal.text);
  }
  const Json* items = member(schema, "items");
  const Json* properties = member(schema, "properties");
  const bool is_list = literal.kind == Literal::Kind::list;
  return json_of_all(literal, [&](std::size_t i) {
    return json_of(literal.values[i],
                   is_list ? items : member(properties, literal.keys[i].c_str()));
  });
}

std::string json_of_text(std::string_view text, const Json* schema) {
  const Types types(schema);
  const std::string_view said = trimmed(text);
  const bool is_plain =
      schema == nullptr || (types.has_any() && !constant(said) && !parse_text(said));
  // "12" stays a text where the schema has texts and no numbers, and so do quotes.
  const auto other = is_plain ? std::nullopt : untexted(said, types);
  const bool is_text = !other || (other->starts_with('"') && types.has("string"));
  return is_text ? dump(std::string(text)) : *other;
}

bool allows_objects(const Json& schema) { return Types(&schema).has_value("{"); }

bool JsonMembers::add(const std::string& name, std::string_view json) {
  if (names_.size() == most_members) return false;
  if (std::find(names_.begin(), names_.end(), name) != names_.end()) return false;
  if (!names_.empty()) text_ += ',';
  text_ += dump(name) + ":" + std::string(json);
  names_.push_back(name);
  return true;
}

}  // namespace ringlet::serve
