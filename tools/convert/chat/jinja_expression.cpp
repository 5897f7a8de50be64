#include "chat/jinja_expression.hpp"

#include <array>

namespace ringlet::convert {
namespace {

JinjaExpression constant(JinjaValue value) {
  return [value = std::move(value)](JinjaScope&) { return value; };
}

/// The functions that templates have without defining them.
JinjaValue call_function(const std::string& name, const JinjaArguments& arguments) {
  const auto integer = [&](std::size_t index) {
    const JinjaValue value = arguments.get(index, "", 0);
    if (!value.is_number_integer()) fail("calls ", name, "() with something that is no number");
    return value.get<std::int64_t>();
  };
  if (name == "raise_exception") fail("refuses: ", to_text(arguments.get(0, "message", "")));
  if (name == "namespace" || name == "dict") {
    JinjaValue object = JinjaValue::object();
    for (const auto& [key, value] : arguments.named) object[key] = value;
    return object;
  }
  if (name == "range") {
    const bool from_zero = arguments.values.size() < 2;
    const std::int64_t end = integer(from_zero ? 0 : 1);
    JinjaValue numbers = JinjaValue::array();
    for (std::int64_t i = from_zero ? 0 : integer(0); i < end; ++i) {
      if (numbers.size() > 5'000) fail("has a range of too many numbers");
      numbers.push_back(i);
    }
    return numbers;
  }
  fail("calls ", name, "(), which is not known");
}

JinjaValue call_macro(const JinjaMacro& macro, const JinjaArguments& arguments, JinjaScope& scope) {
  scope.enter();
  for (std::size_t i = 0; i < macro.parameters.size(); ++i) {
    const std::string& name = macro.parameters[i];
    JinjaValue value = arguments.get(i, name.c_str(), jinja_undefined());
    const auto otherwise = macro.defaults.find(name);
    if (is_undefined(value) && otherwise != macro.defaults.end()) value = otherwise->second(scope);
    scope.set(name, std::move(value));
  }
  std::string out;
  run_statements(macro.body, scope, out);
  scope.leave();
  return out;
}

}  // namespace

bool JinjaParser::accept_symbol(std::string_view text) {
  if (!is_symbol(text)) return false;
  ++at_;
  return true;
}

bool JinjaParser::accept_name(std::string_view text) {
  if (!is_name(text)) return false;
  ++at_;
  return true;
}

void JinjaParser::expect_symbol(std::string_view text) {
  if (!accept_symbol(text)) refuse("has \"" + next().text + "\" for \"" + std::string(text) + "\"");
}

void JinjaParser::expect_name(std::string_view text) {
  if (!accept_name(text)) refuse("has \"" + next().text + "\" for \"" + std::string(text) + "\"");
}

std::string JinjaParser::expect_any_name() {
  if (!is(JinjaToken::name)) refuse("has \"" + next().text + "\" for a name");
  return advance().text;
}

void JinjaParser::refuse(const std::string& what) const { fail("line ", next().line, " ", what); }

JinjaArguments JinjaParser::Arguments::evaluate(JinjaScope& scope) const {
  JinjaArguments result;
  for (const JinjaExpression& value : values) result.values.push_back(value(scope));
  for (const auto& [name, value] : named) result.named[name] = value(scope);
  return result;
}

JinjaExpression JinjaParser::expression() {
  const Depth depth(*this);
  JinjaExpression value = plain_expression();
  if (!accept_name("if")) return value;
  JinjaExpression condition = plain_expression();
  JinjaExpression otherwise = constant(jinja_undefined());
  if (accept_name("else")) otherwise = expression();
  return [=](JinjaScope& scope) {
    return is_true(condition(scope)) ? value(scope) : otherwise(scope);
  };
}

JinjaExpression JinjaParser::plain_expression() {
  const Depth depth(*this);
  JinjaExpression left = conjunction();
  while (accept_name("or")) {
    left = [left, right = conjunction()](JinjaScope& scope) {
      JinjaValue value = left(scope);
      return is_true(value) ? value : right(scope);
    };
  }
  return left;
}

JinjaExpression JinjaParser::conjunction() {
  JinjaExpression left = negation();
  while (accept_name("and")) {
    left = [left, right = negation()](JinjaScope& scope) {
      JinjaValue value = left(scope);
      return is_true(value) ? right(scope) : value;
    };
  }
  return left;
}

JinjaExpression JinjaParser::negation() {
  const Depth depth(*this);
  if (!accept_name("not")) return comparison();
  return [value = negation()](JinjaScope& scope) { return JinjaValue(!is_true(value(scope))); };
}

JinjaExpression JinjaParser::comparison() {
  JinjaExpression left = binary(0);
  while (true) {
    const bool negated = accept_name("not");
    if (negated || is_name("in")) {
      expect_name("in");
      left = [left, right = binary(0), negated](JinjaScope& scope) {
        return JinjaValue(contains(right(scope), left(scope)) != negated);
      };
      continue;
    }
    static constexpr std::array<std::string_view, 6> symbols = {"==", "!=", "<", ">", "<=", ">="};
    bool found = false;
    for (const std::string_view symbol : symbols) found = found || is_symbol(symbol);
    if (!found) return left;
    const std::string symbol = advance().text;
    left = [left, right = binary(0), symbol](JinjaScope& scope) {
      return jinja_binary(symbol, left(scope), right(scope));
    };
  }
}

/// Concatenation binds least, then sums, then products.
JinjaExpression JinjaParser::binary(int level) {
  static constexpr std::array<std::string_view, 3> symbols[] = {
      {"~", "~", "~"}, {"+", "-", "-"}, {"*", "/", "%"}};
  if (level == 3) return unary();
  JinjaExpression left = binary(level + 1);
  while (true) {
    const auto& here = symbols[level];
    if (!is_symbol(here[0]) && !is_symbol(here[1]) && !is_symbol(here[2]) &&
        !(level == 2 && is_symbol("//"))) {
      return left;
    }
    const std::string symbol = advance().text;
    left = [left, right = binary(level + 1), symbol](JinjaScope& scope) {
      return jinja_binary(symbol, left(scope), right(scope));
    };
  }
}

JinjaExpression JinjaParser::unary() {
  const Depth depth(*this);
  if (accept_symbol("-")) {
    return [value = unary()](JinjaScope& scope) { return jinja_binary("-", 0, value(scope)); };
  }
  return postfix(primary());
}

JinjaExpression JinjaParser::primary() {
  const JinjaLexeme lexeme = advance();
  switch (lexeme.token) {
    case JinjaToken::string: {
      std::string text = lexeme.text;  // neighbours are one text
      while (is(JinjaToken::string)) text += advance().text;
      return constant(text);
    }
    case JinjaToken::integer:
      return constant(std::stoll(lexeme.text));
    case JinjaToken::real:
      return constant(std::stod(lexeme.text));
    case JinjaToken::name:
      if (lexeme.text == "true" || lexeme.text == "True") return constant(true);
      if (lexeme.text == "false" || lexeme.text == "False") return constant(false);
      if (lexeme.text == "none" || lexeme.text == "None") return constant(nullptr);
      if (is_symbol("(")) return call(lexeme.text);
      return [name = lexeme.text](JinjaScope& scope) { return scope.get(name); };
    default:
      break;
  }
  if (lexeme.text == "[") return list("]");
  if (lexeme.text == "{") return mapping();
  if (lexeme.text != "(") refuse("has \"" + lexeme.text + "\" where a value is expected");
  JinjaExpression value = expression();
  expect_symbol(")");
  return value;
}

JinjaExpression JinjaParser::postfix(JinjaExpression value) {
  while (true) {
    if (accept_symbol(".")) {
      const std::string name = is(JinjaToken::integer) ? advance().text : expect_any_name();
      if (is_symbol("(")) {
        value = [value, name, given = arguments()](JinjaScope& scope) {
          return jinja_method(name, value(scope), given.evaluate(scope));
        };
      } else {
        value = [value, name](JinjaScope& scope) { return jinja_member(value(scope), name); };
      }
    } else if (accept_symbol("[")) {
      value = subscript(value);
    } else if (accept_symbol("|")) {
      const std::string name = expect_any_name();
      const Arguments given = is_symbol("(") ? arguments() : Arguments{};
      value = [value, name, given](JinjaScope& scope) {
        return jinja_filter(name, value(scope), given.evaluate(scope));
      };
    } else if (accept_name("is")) {
      value = test(value);
    } else {
      return value;
    }
  }
}

JinjaExpression JinjaParser::subscript(const JinjaExpression& value) {
  std::array<JinjaExpression, 3> parts;
  std::size_t count = 0;
  for (auto& part : parts) part = constant(jinja_undefined());
  while (!is_symbol("]")) {
    if (accept_symbol(":")) {
      if (++count > 2) refuse("has too many parts in brackets");
    } else {
      parts[count] = expression();
    }
  }
  expect_symbol("]");
  if (count == 0) {
    return [value, index = parts[0]](JinjaScope& scope) {
      return jinja_member(value(scope), index(scope));
    };
  }
  return [value, parts](JinjaScope& scope) {
    return jinja_slice(value(scope), parts[0](scope), parts[1](scope), parts[2](scope));
  };
}

JinjaExpression JinjaParser::test(const JinjaExpression& value) {
  const bool negated = accept_name("not");
  const std::string name = expect_any_name();
  Arguments given;
  if (is_symbol("(")) {
    given = arguments();
  } else if (is(JinjaToken::string) || is(JinjaToken::integer)) {
    given.values.push_back(primary());
  }
  return [value, name, given, negated](JinjaScope& scope) {
    return JinjaValue(jinja_test(name, value(scope), given.evaluate(scope)) != negated);
  };
}

JinjaExpression JinjaParser::call(const std::string& name) {
  return [name, given = arguments()](JinjaScope& scope) {
    const JinjaArguments values = given.evaluate(scope);
    scope.step({});
    const auto macro = scope.macros.find(name);
    return macro == scope.macros.end() ? call_function(name, values)
                                       : call_macro(macro->second, values, scope);
  };
}

JinjaExpression JinjaParser::list(std::string_view end) {
  std::vector<JinjaExpression> values;
  while (!accept_symbol(end)) {
    values.push_back(expression());
    if (!is_symbol(end)) expect_symbol(",");
  }
  return [values](JinjaScope& scope) {
    JinjaValue result = JinjaValue::array();
    for (const JinjaExpression& value : values) result.push_back(value(scope));
    return result;
  };
}

JinjaExpression JinjaParser::mapping() {
  std::vector<std::pair<JinjaExpression, JinjaExpression>> entries;
  while (!accept_symbol("}")) {
    JinjaExpression key = expression();
    expect_symbol(":");
    entries.emplace_back(std::move(key), expression());
    if (!is_symbol("}")) expect_symbol(",");
  }
  return [entries](JinjaScope& scope) {
    JinjaValue result = JinjaValue::object();
    for (const auto& [key, value] : entries) result[to_text(key(scope))] = value(scope);
    return result;
  };
}

JinjaParser::Arguments JinjaParser::arguments() {
  Arguments result;
  expect_symbol("(");
  while (!accept_symbol(")")) {
    const bool named = is(JinjaToken::name) && lexemes_[at_ + 1].token == JinjaToken::symbol &&
                       lexemes_[at_ + 1].text == "=";
    if (named) {
      const std::string name = expect_any_name();
      expect_symbol("=");
      result.named[name] = expression();
    } else {
      result.values.push_back(expression());
    }
    if (!is_symbol(")")) expect_symbol(",");
  }
  return result;
}

}  // namespace ringlet::convert
