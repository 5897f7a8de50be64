// JSON Schema: a schema as a grammar of its values in canonical form (tools/grammar/README.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/grammar.hpp"
#include "grammar/json_writing.hpp"

namespace ringlet::grammar {

struct SchemaGrammar {
  Grammar grammar;
  /// What the user should know, for example formats that are not checked: "#/properties/x: …".
  std::vector<std::string> notes;
};

/// Reads a schema; rule 0 is its value. `name` is for messages. Throws port::Failure with the place
/// of what is not supported.
[[nodiscard]] SchemaGrammar read_json_schema(std::string_view text, const std::string& name,
                                             Whitespace whitespace);

}  // namespace ringlet::grammar
