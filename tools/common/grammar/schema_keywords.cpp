#include "grammar/schema_keywords.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "common/similar_name.hpp"

namespace ringlet::grammar {
namespace {

constexpr std::array supported = {"$ref",
                                  "type",
                                  "enum",
                                  "const",
                                  "allOf",
                                  "anyOf",
                                  "oneOf",
                                  "minimum",
                                  "maximum",
                                  "exclusiveMinimum",
                                  "exclusiveMaximum",
                                  "multipleOf",
                                  "minLength",
                                  "maxLength",
                                  "pattern",
                                  "format",
                                  "items",
                                  "prefixItems",
                                  "additionalItems",
                                  "minItems",
                                  "maxItems",
                                  "uniqueItems",
                                  "properties",
                                  "required",
                                  "additionalProperties",
                                  "nullable",
                                  "x-ringlet-list",
                                  "x-ringlet-span",
                                  "x-ringlet-spaced"};

/// They describe a schema, or are only used by references.
constexpr std::array harmless = {
    "$schema",          "$id",           "$comment",     "$defs",
    "definitions",      "$vocabulary",   "$anchor",      "title",
    "description",      "default",       "examples",     "example",
    "deprecated",       "readOnly",      "writeOnly",    "contentEncoding",
    "contentMediaType", "contentSchema", "externalDocs", "xml",
    "discriminator"};

constexpr std::array refused = {"not",
                                "if",
                                "then",
                                "else",
                                "contains",
                                "minContains",
                                "maxContains",
                                "patternProperties",
                                "propertyNames",
                                "minProperties",
                                "maxProperties",
                                "dependentRequired",
                                "dependentSchemas",
                                "dependencies",
                                "unevaluatedItems",
                                "unevaluatedProperties",
                                "$dynamicRef",
                                "$dynamicAnchor",
                                "$recursiveRef",
                                "$recursiveAnchor"};

template <std::size_t size>
bool has(const std::array<const char*, size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string similar_keyword(const std::string& name) {
  std::vector<std::string> names(supported.begin(), supported.end());
  names.insert(names.end(), harmless.begin(), harmless.end());
  return common::similar_name(name, names);
}

}  // namespace

void check_keywords(const SchemaDocument& document, const SchemaPlace& place) {
  for (const auto& [name, value] : place.value->items()) {
    if (name == "$id" && place.pointer != "#") {
      document.refuse(place, "'$id' inside a schema is not supported; only the whole can have one");
    }
    if (has(supported, name) || has(harmless, name)) continue;
    if (name.starts_with("x-") && !name.starts_with("x-ringlet")) continue;
    if (has(refused, name)) document.refuse(place, "'", name, "' is not supported");
    const std::string similar = similar_keyword(name);
    document.refuse(place, "unknown keyword '", name, "'",
                    similar.empty() ? "" : "; did you mean '" + similar + "'?");
  }
}

bool has_only_ref(const Json& schema) {
  if (!schema.is_object() || !schema.contains("$ref")) return false;
  return std::none_of(schema.items().begin(), schema.items().end(), [](const auto& member) {
    return member.key() != "$ref" && has(supported, member.key());
  });
}

}  // namespace ringlet::grammar
