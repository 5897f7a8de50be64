#include "grammar/gbnf.hpp"

#include <map>
#include <utility>

#include "grammar/expression.hpp"
#include "grammar/text_reader.hpp"

namespace ringlet::grammar {
namespace {

constexpr std::uint32_t repeat_limit = 65'535;
constexpr unsigned nesting_limit = 200;

bool is_name_character(std::uint32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

class GbnfReader {
 public:
  GbnfReader(std::string_view text, const std::string& name) : in_(text, name) {
    (void)rule_named("root");
  }

  Grammar read() {
    skip_space(true);
    while (in_.peek() != no_character) read_rule();
    for (const auto& [name, rule] : rules_) {
      if (rule.definition != nullptr) continue;
      in_.go_back(rule.first_use);
      in_.refuse(name == "root" ? "there is no rule 'root', with which texts begin"
                                : "the rule '" + name + "' is not defined");
    }
    for (const auto& [name, rule] : rules_) {
      grammar_.set_start(rule.id, add_expression(grammar_, *rule.definition, end_node));
    }
    return std::move(grammar_);
  }

 private:
  struct NamedRule {
    RuleId id = 0;
    std::size_t first_use = 0;
    ExpressionPtr definition{};
  };

  NamedRule& rule_named(const std::string& name) {
    const auto [found, is_new] = rules_.try_emplace(name);
    if (is_new) {
      found->second.id = grammar_.add_rule("rule '" + name + "'");
      found->second.first_use = in_.position();
    }
    return found->second;
  }

  void skip_space(bool lines) {
    for (;;) {
      const std::uint32_t next = in_.peek();
      if (next == '#') {
        while (in_.peek() != '\n' && in_.peek() != '\r' && in_.peek() != no_character) {
          (void)in_.take();
        }
      } else if (next == ' ' || next == '\t' || (lines && (next == '\n' || next == '\r'))) {
        (void)in_.take();
      } else {
        return;
      }
    }
  }

  std::string read_name() {
    std::string name;
    while (is_name_character(in_.peek())) name += static_cast<char>(in_.take());
    if (name.empty()) in_.refuse("the name of a rule is missing");
    return name;
  }

  void read_rule() {
    const std::size_t begin = in_.position();
    const std::string name = read_name();
    skip_space(false);
    if (!in_.take_if("::=")) in_.refuse("'::=' is missing after the name of a rule");
    skip_space(true);
    ExpressionPtr definition = read_choice(0);
    const std::uint32_t next = in_.peek();
    if (next != '\n' && next != '\r' && next != no_character) {
      in_.refuse("the rule goes on with what cannot stand here");
    }
    skip_space(true);
    NamedRule& rule = rule_named(name);
    if (rule.definition != nullptr) {
      in_.go_back(begin);
      in_.refuse("the rule '", name, "' is defined a second time");
    }
    rule.definition = std::move(definition);
  }

  ExpressionPtr read_choice(unsigned nesting) {
    if (nesting > nesting_limit) in_.refuse("groups are nested more than ", nesting_limit, " deep");
    std::vector<ExpressionPtr> choices = {read_sequence(nesting)};
    while (in_.take_if("|")) {
      skip_space(true);
      choices.push_back(read_sequence(nesting));
    }
    return choice(std::move(choices));
  }

  ExpressionPtr read_sequence(unsigned nesting) {
    std::vector<ExpressionPtr> parts;
    for (;;) {
      ExpressionPtr part = read_part(nesting);
      if (part == nullptr) return sequence(std::move(parts));
      skip_space(nesting > 0);
      parts.push_back(read_repeats(std::move(part), nesting));
    }
  }

  /// Null where a sequence ends.
  ExpressionPtr read_part(unsigned nesting) {
    const std::uint32_t next = in_.peek();
    if (next == '"') return read_literal();
    if (next == '[') return read_class();
    if (next == '<' || next == '!') {
      in_.refuse(
          "tokens are not supported: the automaton reads bytes; write the text of the token");
    }
    if (in_.take_if(".")) return one_of(CharacterSet::any());
    if (in_.take_if("(")) {
      skip_space(true);
      ExpressionPtr inner = read_choice(nesting + 1);
      if (!in_.take_if(")")) in_.refuse("')' is missing");
      return inner;
    }
    if (is_name_character(next)) {
      const std::size_t begin = in_.position();
      const std::string name = read_name();
      const std::size_t end = in_.position();
      in_.go_back(begin);
      const RuleId id = rule_named(name).id;
      in_.go_back(end);
      return std::make_shared<Expression>(Expression{.kind = Expression::Kind::rule, .called = id});
    }
    if (next == '*' || next == '+' || next == '?' || next == '{') {
      in_.refuse("there is nothing before this to repeat");
    }
    return nullptr;
  }

  ExpressionPtr read_repeats(ExpressionPtr part, unsigned nesting) {
    for (unsigned count = 0;; ++count) {
      if (count > nesting_limit) in_.refuse("repetitions are nested too deep");
      if (in_.take_if("*")) {
        part = repeat(part, 0, Expression::unlimited);
      } else if (in_.take_if("+")) {
        part = repeat(part, 1, Expression::unlimited);
      } else if (in_.take_if("?")) {
        part = repeat(part, 0, 1);
      } else if (in_.peek() == '{') {
        part = read_counts(std::move(part), nesting);
      } else {
        return part;
      }
      skip_space(nesting > 0);
    }
  }

  ExpressionPtr read_counts(ExpressionPtr part, unsigned nesting) {
    const bool lines = nesting > 0;
    (void)in_.take_if("{");
    skip_space(lines);
    const std::uint32_t least = in_.take_number(repeat_limit);
    std::uint32_t most = least;
    skip_space(lines);
    if (in_.take_if(",")) {
      skip_space(lines);
      most = in_.at_digit() ? in_.take_number(repeat_limit) : Expression::unlimited;
      skip_space(lines);
    }
    if (!in_.take_if("}")) in_.refuse("'}' is missing");
    if (most < least) in_.refuse("the repetition's greatest number is below its least");
    return repeat(std::move(part), least, most);
  }

  ExpressionPtr read_literal() {
    (void)in_.take();
    std::vector<ExpressionPtr> parts;
    while (!in_.take_if("\"")) {
      const std::uint32_t character = read_character();
      parts.push_back(one_of({character, character}));
    }
    return sequence(std::move(parts));
  }

  ExpressionPtr read_class() {
    (void)in_.take();
    const bool negated = in_.take_if("^");
    CharacterSet set;
    while (!in_.take_if("]")) {
      const std::uint32_t first = read_character();
      std::uint32_t last = first;
      if (in_.peek() == '-' && in_.peek_after(1) != ']') {
        (void)in_.take();
        last = read_character();
      }
      if (last < first) in_.refuse("the range ends before it begins");
      set = set | CharacterSet(first, last);
    }
    return one_of(negated ? ~set : set);
  }

  std::uint32_t read_character() {
    if (in_.peek() == no_character) in_.refuse("a text or class is not closed");
    if (!in_.take_if("\\")) return in_.take();
    const std::uint32_t escape = in_.take();
    switch (escape) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'x':
        return in_.take_hex(2);
      case 'u':
        return checked(in_.take_hex(4));
      case 'U':
        return checked(in_.take_hex(8));
      case '\\':
      case '"':
      case '[':
      case ']':
      case '-':
        return escape;
      default:
        in_.refuse("unknown escape");
    }
  }

  std::uint32_t checked(std::uint32_t character) const {
    if (CharacterSet(character, character).empty()) in_.refuse("this is not a character");
    return character;
  }

  TextReader in_;
  Grammar grammar_;
  std::map<std::string, NamedRule> rules_;
};

}  // namespace

Grammar read_gbnf(std::string_view text, const std::string& name) {
  return GbnfReader(text, name).read();
}

}  // namespace ringlet::grammar
