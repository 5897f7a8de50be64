// Parses tokens into a tree.
#pragma once

#include <vector>

#include "jinja/lexer.hpp"
#include "jinja/node.hpp"

namespace ringlet::jinja {

/// Reads tokens from front to back, by the rules of Jinja2's parser. Throws Error or Unsupported.
class ExpressionParser {
 public:
  explicit ExpressionParser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  [[nodiscard]] std::size_t line() const { return next().line; }

 protected:
  [[nodiscard]] const Token& next() const { return tokens_[at_]; }
  [[nodiscard]] const Token& after_next() const {
    return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_];
  }
  [[nodiscard]] bool is(TokenKind kind) const { return next().kind == kind; }
  [[nodiscard]] bool is_symbol(std::string_view text) const {
    return is(TokenKind::symbol) && next().text == text;
  }
  [[nodiscard]] bool is_name(std::string_view text) const {
    return is(TokenKind::name) && next().text == text;
  }
  const Token& advance();
  bool accept_symbol(std::string_view text);
  bool accept_name(std::string_view text);
  void expect(TokenKind kind, std::string_view what);
  void expect_symbol(std::string_view text);
  std::string expect_name();
  std::string dotted_name();

  [[nodiscard]] NodePointer make(NodeKind kind, std::size_t line) const;
  static NodePointer adopt(NodePointer parent, NodePointer child);

  NodePointer expression(bool with_condition = true);
  /// Expressions separated by commas form a tuple. Also ends before `end`.
  NodePointer tuple(bool with_condition = true, std::string_view end = {}, bool brackets = false);
  /// The target of an assignment in "set" and "for".
  NodePointer target(std::string_view end = {});
  NodePointer filters(NodePointer value, bool inside);

  /// Keeps hostile templates from exhausting the stack.
  class Depth {
   public:
    explicit Depth(ExpressionParser& parser);
    ~Depth() { --parser_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    ExpressionParser& parser_;
  };

 private:
  using Level = NodePointer (ExpressionParser::*)();

  NodePointer condition();
  NodePointer disjunction();
  NodePointer conjunction();
  NodePointer negation();
  NodePointer comparison();
  NodePointer sum();
  NodePointer concatenation();
  NodePointer product();
  NodePointer power();
  NodePointer chain(Level operand, std::initializer_list<std::string_view> symbols);
  NodePointer unary(bool with_filters);
  NodePointer primary();
  NodePointer constant(Value value);
  NodePointer postfix(NodePointer value);
  NodePointer filter_expression(NodePointer value);
  NodePointer subscript(NodePointer value);
  NodePointer bracket(NodePointer value);
  NodePointer test(NodePointer value);
  NodePointer list();
  NodePointer dictionary();
  NodePointer arguments(NodePointer callee);

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

/// Returns the statements of a template.
Nodes parse(std::vector<Token> tokens);

}  // namespace ringlet::jinja
