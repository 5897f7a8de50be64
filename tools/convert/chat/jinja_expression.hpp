// Parses the expressions of a template.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "chat/jinja_lexer.hpp"
#include "chat/jinja_scope.hpp"

namespace ringlet::convert {

/// Reads lexemes from front to back. What it does not understand it throws as std::runtime_error
/// with the line.
class JinjaParser {
 public:
  explicit JinjaParser(std::vector<JinjaLexeme> lexemes) : lexemes_(std::move(lexemes)) {}

  /// A whole expression, with "a if b else c" in it; not for the list of a loop, where "if"
  /// filters.
  JinjaExpression expression();
  /// An expression without "if" at its end.
  JinjaExpression plain_expression();

 protected:
  [[nodiscard]] const JinjaLexeme& next() const { return lexemes_[at_]; }
  [[nodiscard]] bool is(JinjaToken token) const { return next().token == token; }
  [[nodiscard]] bool is_symbol(std::string_view text) const {
    return is(JinjaToken::symbol) && next().text == text;
  }
  [[nodiscard]] bool is_name(std::string_view text) const {
    return is(JinjaToken::name) && next().text == text;
  }
  const JinjaLexeme& advance() { return lexemes_[at_++]; }
  bool accept_symbol(std::string_view text);
  bool accept_name(std::string_view text);
  void expect_symbol(std::string_view text);
  void expect_name(std::string_view text);
  std::string expect_any_name();
  [[noreturn]] void refuse(const std::string& what) const;

  /// Keeps hostile templates from using up the stack.
  class Depth {
   public:
    explicit Depth(JinjaParser& parser) : parser_(parser) {
      if (++parser_.depth_ > 200) parser_.refuse("nests too deeply");
    }
    ~Depth() { --parser_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    JinjaParser& parser_;
  };

 private:
  struct Arguments {
    std::vector<JinjaExpression> values;
    std::map<std::string, JinjaExpression> named;
    [[nodiscard]] JinjaArguments evaluate(JinjaScope& scope) const;
  };

  JinjaExpression conjunction();
  JinjaExpression negation();
  JinjaExpression comparison();
  JinjaExpression binary(int level);
  JinjaExpression unary();
  JinjaExpression primary();
  JinjaExpression postfix(JinjaExpression value);
  JinjaExpression subscript(const JinjaExpression& value);
  JinjaExpression test(const JinjaExpression& value);
  JinjaExpression call(const std::string& name);
  JinjaExpression list(std::string_view end);
  JinjaExpression mapping();
  Arguments arguments();

  std::vector<JinjaLexeme> lexemes_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace ringlet::convert
