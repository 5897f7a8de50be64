// Expressions over characters and rules, as regular expressions and GBNF write them.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/character_set.hpp"
#include "grammar/grammar.hpp"

namespace ringlet::grammar {

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

struct Expression {
  enum class Kind : std::uint8_t {
    characters,  // one character of `set`
    sequence,    // `parts`, one after the other; none: the empty text
    choice,      // one of `parts`
    repeat,      // parts[0], `least` to `most` times
    rule,        // the rule `called`
    text_start,  // nothing, at the start of the text
    text_end,    // nothing, at the end of the text
  };
  static constexpr std::uint32_t unlimited = std::numeric_limits<std::uint32_t>::max();

  Kind kind = Kind::sequence;
  CharacterSet set{};
  std::vector<ExpressionPtr> parts{};
  std::uint32_t least = 0;
  std::uint32_t most = 0;
  RuleId called = 0;
};

[[nodiscard]] ExpressionPtr one_of(CharacterSet set);
[[nodiscard]] ExpressionPtr sequence(std::vector<ExpressionPtr> parts);
[[nodiscard]] ExpressionPtr choice(std::vector<ExpressionPtr> parts);
[[nodiscard]] ExpressionPtr repeat(ExpressionPtr part, std::uint32_t least, std::uint32_t most);

/// Adds the nodes of an expression. Throws port::Failure at the limit of nodes.
[[nodiscard]] NodeId add_expression(Grammar& grammar, const Expression& expression, NodeId next);

}  // namespace ringlet::grammar
