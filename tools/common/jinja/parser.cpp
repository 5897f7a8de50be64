#include "jinja/parser.hpp"

#include <algorithm>
#include <charconv>

#include "jinja/error.hpp"
#include "jinja/operators.hpp"

namespace ringlet::jinja {
namespace {

constexpr int deepest_nesting = 150;

}  // namespace

ExpressionParser::Depth::Depth(ExpressionParser& parser) : parser_(parser) {
  if (++parser_.depth_ > deepest_nesting) {
    --parser_.depth_;
    unsupported("nesting more than ", deepest_nesting, " deep");
  }
}

const Token& ExpressionParser::advance() {
  const Token& token = tokens_[at_];
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool ExpressionParser::accept_symbol(std::string_view text) {
  if (!is_symbol(text)) return false;
  advance();
  return true;
}

bool ExpressionParser::accept_name(std::string_view text) {
  if (!is_name(text)) return false;
  advance();
  return true;
}

void ExpressionParser::expect(TokenKind kind, std::string_view what) {
  if (!is(kind)) raise("has \"", next().text, "\" instead of ", what);
  advance();
}

void ExpressionParser::expect_symbol(std::string_view text) {
  if (!accept_symbol(text)) raise("has \"", next().text, "\" instead of \"", text, "\"");
}

std::string ExpressionParser::expect_name() {
  if (!is(TokenKind::name)) raise("has \"", next().text, "\" instead of a name");
  return advance().text;
}

NodePointer ExpressionParser::make(NodeKind kind, std::size_t line) const {
  auto node = std::make_unique<Node>(Node{.kind = kind, .line = line});
  return node;
}

NodePointer ExpressionParser::adopt(NodePointer parent, NodePointer child) {
  if (child) {
    parent->depth = std::max(parent->depth, child->depth + 1);
    if (parent->depth > deepest_nesting) {
      unsupported("an expression of more than ", deepest_nesting, " levels");
    }
  }
  parent->children.push_back(std::move(child));
  return parent;
}

NodePointer ExpressionParser::expression(bool with_condition) {
  const Depth depth(*this);
  return with_condition ? condition() : disjunction();
}

NodePointer ExpressionParser::condition() {
  NodePointer value = disjunction();
  while (is_name("if")) {
    NodePointer node = make(NodeKind::condition, advance().line);
    node = adopt(std::move(node), disjunction());
    node = adopt(std::move(node), std::move(value));
    if (accept_name("else")) node = adopt(std::move(node), expression());
    value = std::move(node);
  }
  return value;
}

NodePointer ExpressionParser::disjunction() {
  NodePointer left = conjunction();
  while (is_name("or")) {
    NodePointer node = adopt(make(NodeKind::or_, advance().line), std::move(left));
    left = adopt(std::move(node), conjunction());
  }
  return left;
}

NodePointer ExpressionParser::conjunction() {
  NodePointer left = negation();
  while (is_name("and")) {
    NodePointer node = adopt(make(NodeKind::and_, advance().line), std::move(left));
    left = adopt(std::move(node), negation());
  }
  return left;
}

NodePointer ExpressionParser::negation() {
  if (!is_name("not")) return comparison();
  const Depth depth(*this);
  NodePointer node = make(NodeKind::not_, advance().line);
  return adopt(std::move(node), negation());
}

NodePointer ExpressionParser::comparison() {
  static constexpr std::string_view symbols[] = {"==", "!=", "<", ">", "<=", ">="};
  NodePointer value = sum();
  NodePointer node;
  while (true) {
    std::string symbol;
    if (is(TokenKind::symbol) &&
        std::find(std::begin(symbols), std::end(symbols), next().text) != std::end(symbols)) {
      symbol = advance().text;
    } else if (accept_name("in")) {
      symbol = "in";
    } else if (is_name("not") && after_next().kind == TokenKind::name &&
               after_next().text == "in") {
      advance();
      advance();
      symbol = "notin";
    } else {
      return node ? std::move(node) : std::move(value);
    }
    if (!node) node = adopt(make(NodeKind::comparison, next().line), std::move(value));
    node->names.push_back(symbol);
    node = adopt(std::move(node), sum());
  }
}

NodePointer ExpressionParser::chain(Level operand,
                                    std::initializer_list<std::string_view> symbols) {
  NodePointer left = (this->*operand)();
  while (is(TokenKind::symbol) &&
         std::find(symbols.begin(), symbols.end(), next().text) != symbols.end()) {
    NodePointer node = make(NodeKind::binary, next().line);
    node->text = advance().text;
    node = adopt(std::move(node), std::move(left));
    left = adopt(std::move(node), (this->*operand)());
  }
  return left;
}

NodePointer ExpressionParser::sum() { return chain(&ExpressionParser::concatenation, {"+", "-"}); }

NodePointer ExpressionParser::concatenation() {
  NodePointer first = product();
  if (!is_symbol("~")) return first;
  NodePointer node = adopt(make(NodeKind::concatenation, next().line), std::move(first));
  while (accept_symbol("~")) node = adopt(std::move(node), product());
  return node;
}

NodePointer ExpressionParser::product() {
  return chain(&ExpressionParser::power, {"*", "/", "//", "%"});
}

NodePointer ExpressionParser::power() {
  NodePointer left = unary(true);
  while (is_symbol("**")) {
    NodePointer node = make(NodeKind::binary, next().line);
    node->text = advance().text;
    node = adopt(std::move(node), std::move(left));
    left = adopt(std::move(node), unary(true));
  }
  return left;
}

NodePointer ExpressionParser::unary(bool with_filters) {
  NodePointer node;
  if (is_symbol("-") || is_symbol("+")) {
    const Depth depth(*this);
    node = make(NodeKind::unary, next().line);
    node->text = advance().text;
    node = adopt(std::move(node), unary(false));
  } else {
    node = primary();
  }
  node = postfix(std::move(node));
  return with_filters ? filter_expression(std::move(node)) : std::move(node);
}

NodePointer ExpressionParser::constant(Value value) {
  NodePointer node = make(NodeKind::constant, advance().line);
  node->constant = std::move(value);
  return node;
}

NodePointer ExpressionParser::primary() {
  const Token& token = next();
  switch (token.kind) {
    case TokenKind::name: {
      if (token.text == "true" || token.text == "True") return constant(Value(true));
      if (token.text == "false" || token.text == "False") return constant(Value(false));
      if (token.text == "none" || token.text == "None") return constant(Value(None{}));
      NodePointer node = make(NodeKind::name, token.line);
      node->text = advance().text;
      return node;
    }
    case TokenKind::string: {
      std::string text;
      const std::size_t line = token.line;
      while (is(TokenKind::string)) text += advance().text;
      NodePointer node = make(NodeKind::constant, line);
      node->constant = text_value(std::move(text));
      return node;
    }
    case TokenKind::integer: {
      std::int64_t value = 0;
      std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
      return constant(Value(value));
    }
    case TokenKind::real:
      return constant(real_value(std::strtod(token.text.c_str(), nullptr)));
    default:
      break;
  }
  if (is_symbol("[")) return list();
  if (is_symbol("{")) return dictionary();
  if (!accept_symbol("(")) raise("has \"", token.text, "\" instead of a value");
  NodePointer value = tuple(true, {}, true);
  expect_symbol(")");
  return value;
}

NodePointer ExpressionParser::tuple(bool with_condition, std::string_view end, bool brackets) {
  const std::size_t line = next().line;
  NodePointer node = make(NodeKind::tuple, line);
  bool commas = false;
  const auto ends = [&] {
    return is(TokenKind::output_end) || is(TokenKind::block_end) || is_symbol(")") ||
           (!end.empty() && is_name(end));
  };
  while (!ends()) {
    node = adopt(std::move(node), expression(with_condition));
    if (!accept_symbol(",")) break;
    commas = true;
  }
  if (commas) return node;
  if (!node->children.empty()) return std::move(node->children.front());
  if (!brackets) raise("has \"", next().text, "\" instead of an expression");
  return node;
}

NodePointer ExpressionParser::target(std::string_view end) {
  const Depth depth(*this);
  NodePointer node = make(NodeKind::tuple, next().line);
  bool commas = false;
  while (!(is(TokenKind::block_end) || is_symbol(")") || (!end.empty() && is_name(end)))) {
    if (accept_symbol("(")) {
      node = adopt(std::move(node), target());
      expect_symbol(")");
    } else {
      NodePointer name = primary();
      if (name->kind != NodeKind::name) raise("assigns to what is not a name");
      node = adopt(std::move(node), std::move(name));
    }
    if (!accept_symbol(",")) break;
    commas = true;
  }
  if (commas) return node;
  if (node->children.empty()) raise("has \"", next().text, "\" instead of a name");
  return std::move(node->children.front());
}

}  // namespace ringlet::jinja
