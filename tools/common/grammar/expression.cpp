#include "grammar/expression.hpp"

#include <utility>

namespace ringlet::grammar {
namespace {

NodeId add_repeat(Grammar& grammar, const Expression& repeat, NodeId next) {
  const Expression& part = *repeat.parts[0];
  if (repeat.most == Expression::unlimited) {
    const NodeId loop = grammar.split({next});
    const NodeId again = add_expression(grammar, part, loop);
    if (again != loop) grammar.add_choice(loop, again);
    next = loop;
  } else {
    const NodeId end = next;
    for (std::uint32_t i = repeat.least; i < repeat.most; ++i) {
      const NodeId once = add_expression(grammar, part, next);
      if (once == next) break;  // the part is empty
      next = grammar.split({once, end});
    }
  }
  for (std::uint32_t i = 0; i < repeat.least; ++i) {
    const NodeId once = add_expression(grammar, part, next);
    if (once == next) break;
    next = once;
  }
  return next;
}

}  // namespace

ExpressionPtr one_of(CharacterSet set) {
  return std::make_shared<Expression>(
      Expression{.kind = Expression::Kind::characters, .set = std::move(set)});
}

ExpressionPtr sequence(std::vector<ExpressionPtr> parts) {
  return std::make_shared<Expression>(
      Expression{.kind = Expression::Kind::sequence, .parts = std::move(parts)});
}

ExpressionPtr choice(std::vector<ExpressionPtr> parts) {
  if (parts.size() == 1) return parts[0];
  return std::make_shared<Expression>(
      Expression{.kind = Expression::Kind::choice, .parts = std::move(parts)});
}

ExpressionPtr repeat(ExpressionPtr part, std::uint32_t least, std::uint32_t most) {
  return std::make_shared<Expression>(Expression{
      .kind = Expression::Kind::repeat, .parts = {std::move(part)}, .least = least, .most = most});
}

NodeId add_expression(Grammar& grammar, const Expression& expression, NodeId next) {
  switch (expression.kind) {
    case Expression::Kind::characters:
      return grammar.characters(expression.set, next);
    case Expression::Kind::sequence:
      for (std::size_t i = expression.parts.size(); i-- > 0;) {
        next = add_expression(grammar, *expression.parts[i], next);
      }
      return next;
    case Expression::Kind::choice: {
      std::vector<NodeId> choices;
      for (const ExpressionPtr& part : expression.parts) {
        choices.push_back(add_expression(grammar, *part, next));
      }
      return grammar.split(std::move(choices));
    }
    case Expression::Kind::repeat:
      return add_repeat(grammar, expression, next);
    case Expression::Kind::rule:
      return grammar.call(expression.called, next);
    case Expression::Kind::text_start:
      return grammar.text_start(next);
    case Expression::Kind::text_end:
      return grammar.text_end(next);
  }
  return next;
}

}  // namespace ringlet::grammar
