#include "chat/jinja.hpp"

#include "chat/jinja_expression.hpp"

namespace ringlet::convert {
namespace {

using Body = std::vector<JinjaStatement>;

/// The parts of a loop: {% for names in list if condition %}.
struct Loop {
  std::vector<std::string> names;
  JinjaExpression list;
  JinjaExpression condition;
  Body body;
  Body otherwise;
};

void set_names(const std::vector<std::string>& names, const JinjaValue& item, JinjaScope& scope) {
  if (names.size() == 1) return scope.set(names.front(), item);
  if (!item.is_array() || item.size() != names.size()) fail("takes apart what is no pair");
  for (std::size_t i = 0; i < names.size(); ++i) scope.set(names[i], item[i]);
}

JinjaValue loop_variable(const JinjaValue& items, std::size_t i) {
  return {{"index", i + 1},
          {"index0", i},
          {"first", i == 0},
          {"last", i + 1 == items.size()},
          {"length", items.size()},
          {"previtem", i == 0 ? JinjaValue(nullptr) : items[i - 1]},
          {"nextitem", i + 1 == items.size() ? JinjaValue(nullptr) : items[i + 1]}};
}

void run_loop(const Loop& loop, JinjaScope& scope, std::string& out) {
  const JinjaValue list = loop.list(scope);
  if (!list.is_array() && !list.is_object()) fail("goes through something that is no list");
  JinjaValue items = JinjaValue::array();
  for (auto item = list.begin(); item != list.end(); ++item) {
    const JinjaValue value = list.is_object() ? JinjaValue(item.key()) : *item;
    scope.step(out);
    bool wanted = true;
    if (loop.condition) {
      scope.enter();
      set_names(loop.names, value, scope);
      wanted = is_true(loop.condition(scope));
      scope.leave();
    }
    if (wanted) items.push_back(value);
  }
  if (items.empty()) return run_statements(loop.otherwise, scope, out);
  for (std::size_t i = 0; i < items.size(); ++i) {
    scope.enter();
    set_names(loop.names, items[i], scope);
    scope.set("loop", loop_variable(items, i));
    run_statements(loop.body, scope, out);
    scope.leave();
  }
}

class TemplateParser : public JinjaParser {
 public:
  using JinjaParser::JinjaParser;

  Body whole() {
    Body body = statements({});
    if (!is(JinjaToken::end)) refuse("has an end of a block that did not begin");
    return body;
  }

 private:
  /// Everything up to a block that begins with one of `ends`, whose name is then next.
  Body statements(std::initializer_list<std::string_view> ends) {
    const Depth depth(*this);
    Body body;
    while (!is(JinjaToken::end)) {
      if (is(JinjaToken::text)) {
        body.push_back([text = advance().text](JinjaScope&, std::string& out) { out += text; });
      } else if (is(JinjaToken::output_begin)) {
        advance();
        body.push_back([value = expression()](JinjaScope& scope, std::string& out) {
          out += to_text(value(scope));
        });
        expect(JinjaToken::output_end);
      } else {
        expect(JinjaToken::block_begin);
        for (const std::string_view end : ends) {
          if (is_name(end)) return body;
        }
        body.push_back(block());
      }
    }
    if (ends.size() > 0) refuse("ends inside a block");
    return body;
  }

  JinjaStatement block() {
    const std::string name = expect_any_name();
    if (name == "if") return condition();
    if (name == "for") return loop();
    if (name == "set") return assignment();
    if (name == "macro") return macro();
    if (name == "generation") {
      expect(JinjaToken::block_end);
      Body body = statements({"endgeneration"});
      end_block();
      return [body](JinjaScope& scope, std::string& out) { run_statements(body, scope, out); };
    }
    refuse("has the statement " + name + ", which is not known");
  }

  /// After "if" or "elif"; takes everything up to and with "endif".
  JinjaStatement condition() {
    const Depth depth(*this);
    const JinjaExpression value = expression();
    expect(JinjaToken::block_end);
    const Body body = statements({"elif", "else", "endif"});
    Body otherwise;
    const std::string name = expect_any_name();
    if (name == "elif") {
      otherwise.push_back(condition());
    } else {
      expect(JinjaToken::block_end);
      if (name == "else") {
        otherwise = statements({"endif"});
        end_block();
      }
    }
    return [=](JinjaScope& scope, std::string& out) {
      run_statements(is_true(value(scope)) ? body : otherwise, scope, out);
    };
  }

  JinjaStatement loop() {
    Loop loop;
    do loop.names.push_back(expect_any_name());
    while (accept_symbol(","));
    expect_name("in");
    loop.list = plain_expression();
    if (accept_name("if")) loop.condition = plain_expression();
    expect(JinjaToken::block_end);
    loop.body = statements({"else", "endfor"});
    const std::string name = expect_any_name();
    expect(JinjaToken::block_end);
    if (name == "else") {
      loop.otherwise = statements({"endfor"});
      end_block();
    }
    return [loop](JinjaScope& scope, std::string& out) { run_loop(loop, scope, out); };
  }

  JinjaStatement assignment() {
    const std::string name = expect_any_name();
    const std::string member = accept_symbol(".") ? expect_any_name() : "";
    if (accept_symbol("=")) {
      const JinjaExpression value = expression();
      expect(JinjaToken::block_end);
      return [=](JinjaScope& scope, std::string&) {
        if (member.empty()) return scope.set(name, value(scope));
        scope.set_member(name, member, value(scope));
      };
    }
    expect(JinjaToken::block_end);
    const Body body = statements({"endset"});
    end_block();
    return [=](JinjaScope& scope, std::string&) {
      std::string text;
      run_statements(body, scope, text);
      scope.set(name, text);
    };
  }

  JinjaStatement macro() {
    const std::string name = expect_any_name();
    JinjaMacro macro;
    expect_symbol("(");
    while (!accept_symbol(")")) {
      macro.parameters.push_back(expect_any_name());
      if (accept_symbol("=")) macro.defaults[macro.parameters.back()] = expression();
      if (!is_symbol(")")) expect_symbol(",");
    }
    expect(JinjaToken::block_end);
    macro.body = statements({"endmacro"});
    end_block();
    return [=](JinjaScope& scope, std::string&) { scope.macros[name] = macro; };
  }

  void end_block() {
    advance();  // its name, which is why statements() has returned
    expect(JinjaToken::block_end);
  }

  void expect(JinjaToken token) {
    if (!is(token)) refuse("has \"" + next().text + "\" where a tag should begin or end");
    advance();
  }
};

}  // namespace

std::string render_template(std::string_view text, const nlohmann::json& variables) {
  TemplateParser parser(lex_template(text));
  const Body body = parser.whole();
  JinjaScope scope(variables);
  std::string out;
  run_statements(body, scope, out);
  return out;
}

}  // namespace ringlet::convert
