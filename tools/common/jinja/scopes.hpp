// Resolves each name of a template to a variable.
#pragma once

#include "jinja/node.hpp"

namespace ringlet::jinja {

/// Resolves names before the template runs, like Jinja2 (its module idtracking). Which variable a
/// block or macro sees depends on where the template assigns to it, not on what has run. Fills in
/// Node::variable and Node::scopes, and returns the variables of the whole template. Rejects
/// filters and tests that Jinja2 does not have, and "break" outside of loops.
Loads find_scopes(const Nodes& nodes);

}  // namespace ringlet::jinja
