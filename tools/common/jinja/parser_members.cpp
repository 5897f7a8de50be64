// Parses the parts after or inside of values: subscripts, calls, filters, tests, lists.
#include <algorithm>

#include "jinja/error.hpp"
#include "jinja/parser.hpp"

namespace ringlet::jinja {

NodePointer ExpressionParser::postfix(NodePointer value) {
  while (true) {
    if (is_symbol(".") || is_symbol("[")) {
      value = subscript(std::move(value));
    } else if (is_symbol("(")) {
      value = arguments(adopt(make(NodeKind::call, next().line), std::move(value)));
    } else {
      return value;
    }
  }
}

NodePointer ExpressionParser::filter_expression(NodePointer value) {
  while (true) {
    if (is_symbol("|")) {
      value = filters(std::move(value), false);
    } else if (is_name("is")) {
      value = test(std::move(value));
    } else if (is_symbol("(")) {
      value = arguments(adopt(make(NodeKind::call, next().line), std::move(value)));
    } else {
      return value;
    }
  }
}

NodePointer ExpressionParser::subscript(NodePointer value) {
  const std::size_t line = next().line;
  if (!accept_symbol(".")) {
    expect_symbol("[");
    return bracket(std::move(value));
  }
  if (is(TokenKind::name)) {
    NodePointer node = make(NodeKind::attribute, line);
    node->text = advance().text;
    return adopt(std::move(node), std::move(value));
  }
  if (!is(TokenKind::integer)) raise("has \"", next().text, "\" instead of a name");
  NodePointer node = adopt(make(NodeKind::item, line), std::move(value));
  return adopt(std::move(node), primary());
}

NodePointer ExpressionParser::bracket(NodePointer value) {
  const std::size_t line = next().line;
  NodePointer first;
  if (!is_symbol(":")) first = expression();
  if (!accept_symbol(":")) {
    if (is_symbol(",")) unsupported("a list in brackets after a value");
    expect_symbol("]");
    return adopt(adopt(make(NodeKind::item, line), std::move(value)), std::move(first));
  }
  const auto part = [&]() -> NodePointer {
    return is_symbol(":") || is_symbol("]") ? nullptr : expression();
  };
  NodePointer node = adopt(make(NodeKind::slice, line), std::move(value));
  node = adopt(std::move(node), std::move(first));
  node = adopt(std::move(node), part());
  node = adopt(std::move(node), accept_symbol(":") ? part() : nullptr);
  expect_symbol("]");
  return node;
}

NodePointer ExpressionParser::arguments(NodePointer callee) {
  const Depth depth(*this);
  expect_symbol("(");
  while (!is_symbol(")")) {
    if (is_symbol("*") || is_symbol("**")) unsupported("a call with ", next().text);
    const bool named =
        is(TokenKind::name) && after_next().kind == TokenKind::symbol && after_next().text == "=";
    if (named) {
      if (std::find(callee->names.begin(), callee->names.end(), next().text) !=
          callee->names.end()) {
        raise("has an argument twice");
      }
      callee->names.push_back(advance().text);
      advance();
    } else if (!callee->names.empty()) {
      raise("has an unnamed argument after a named one");
    }
    callee = adopt(std::move(callee), expression());
    if (!is_symbol(")")) expect_symbol(",");
  }
  expect_symbol(")");
  return callee;
}

std::string ExpressionParser::dotted_name() {
  std::string name = expect_name();
  while (accept_symbol(".")) name.append(1, '.').append(expect_name());
  return name;
}

NodePointer ExpressionParser::filters(NodePointer value, bool inside) {
  while (inside || is_symbol("|")) {
    if (!inside) advance();
    inside = false;
    NodePointer node = make(NodeKind::filter, next().line);
    node->text = dotted_name();
    node = adopt(std::move(node), std::move(value));
    value = is_symbol("(") ? arguments(std::move(node)) : std::move(node);
  }
  return value;
}

NodePointer ExpressionParser::test(NodePointer value) {
  const std::size_t line = advance().line;  // "is"
  const bool negated = accept_name("not");
  NodePointer node = make(NodeKind::test, line);
  node->text = dotted_name();
  node = adopt(std::move(node), std::move(value));
  const bool value_follows = is(TokenKind::name) || is(TokenKind::string) ||
                             is(TokenKind::integer) || is(TokenKind::real) || is_symbol("[") ||
                             is_symbol("{");
  if (is_symbol("(")) {
    node = arguments(std::move(node));
  } else if (value_follows && !is_name("else") && !is_name("or") && !is_name("and")) {
    if (is_name("is")) raise("has a test of a test");
    node = adopt(std::move(node), postfix(primary()));
  }
  return negated ? adopt(make(NodeKind::not_, line), std::move(node)) : std::move(node);
}

NodePointer ExpressionParser::list() {
  NodePointer node = make(NodeKind::list, advance().line);
  while (!is_symbol("]")) {
    node = adopt(std::move(node), expression());
    if (!is_symbol("]")) expect_symbol(",");
  }
  expect_symbol("]");
  return node;
}

NodePointer ExpressionParser::dictionary() {
  NodePointer node = make(NodeKind::dictionary, advance().line);
  while (!is_symbol("}")) {
    node = adopt(std::move(node), expression());
    expect_symbol(":");
    node = adopt(std::move(node), expression());
    if (!is_symbol("}")) expect_symbol(",");
  }
  expect_symbol("}");
  return node;
}

}  // namespace ringlet::jinja
