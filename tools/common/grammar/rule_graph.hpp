// Which rules are empty, which begin with themselves, and which contain themselves.
#pragma once

#include <vector>

#include "grammar/grammar.hpp"

namespace ringlet::grammar {

/// The nodes of a rule, its own and not those of the rules that it calls. The end is not one of
/// them.
[[nodiscard]] std::vector<NodeId> nodes_of(const Grammar& grammar, RuleId rule);

/// Whether nothing but `end` follows: a call that continues there needs no return.
[[nodiscard]] std::vector<bool> tails_of(const Grammar& grammar);

/// For each node, whether the rest of its rule can be empty.
[[nodiscard]] std::vector<bool> nullable_nodes(const Grammar& grammar);

/// All rules, each after those with which it can begin. Throws port::Failure if a rule begins with
/// itself, directly or through others.
[[nodiscard]] std::vector<RuleId> first_calls_first(const Grammar& grammar,
                                                    const std::vector<bool>& nullable);

/// For each rule a number; rules that contain each other have the same one, and all others differ.
[[nodiscard]] std::vector<std::uint32_t> recursion_groups(const Grammar& grammar);

}  // namespace ringlet::grammar
