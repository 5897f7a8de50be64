// Regular expressions as JSON Schema's `pattern` has them: ECMA-262 with the flag u, without what
// an automaton cannot do.
#pragma once

#include <string>
#include <string_view>

#include "grammar/expression.hpp"

namespace ringlet::grammar {

/// Reads an expression. `name` is for messages. Throws port::Failure with the place; look-around,
/// back references, \b, \B and \p are refused by name.
[[nodiscard]] ExpressionPtr read_regular_expression(std::string_view text, const std::string& name);

}  // namespace ringlet::grammar
