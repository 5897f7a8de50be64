// Finds names that a block uses but does not define.
#pragma once

#include <set>
#include <string>

#include "jinja/node.hpp"

namespace ringlet::jinja {

/// Those of `names` that the nodes read before they assign to them, in the order of the template.
std::set<std::string> find_undeclared(const Nodes& nodes, std::set<std::string> names);

/// Whether the node, or a node inside it, assigns to this name.
bool assigns(const Node& node, const std::string& name);

}  // namespace ringlet::jinja
