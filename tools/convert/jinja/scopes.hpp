// Which variable each name of a template stands for.
#pragma once

#include "jinja/node.hpp"

namespace ringlet::convert::jinja {

/// Decides it before the template runs, as Jinja2 does (its module idtracking): what a block or
/// macro sees of a variable depends on where the template assigns to it, not on what has run.
/// Fills in Node::variable and Node::scopes, and returns the variables of the whole template.
/// Refuses filters and tests that Jinja2 does not have, and "break" outside of loops.
Loads find_scopes(const Nodes& nodes);

}  // namespace ringlet::convert::jinja
