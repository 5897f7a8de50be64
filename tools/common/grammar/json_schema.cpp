#include "grammar/json_schema.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "grammar/decimal.hpp"
#include "grammar/schema_alternatives.hpp"

namespace ringlet::grammar {
namespace {

constexpr std::size_t rule_limit = 5'000;

class SchemaWriter {
 public:
  SchemaWriter(const SchemaDocument& document, Whitespace whitespace)
      : document_(document),
        alternatives_(document, result_.notes),
        json_(result_.grammar, whitespace) {}

  SchemaGrammar write() {
    (void)rule_of({document_.root()});
    for (std::size_t next = 0; next < open_.size(); ++next) {
      const auto [rule, conjunction] = open_[next];
      result_.grammar.set_start(rule, any_of(conjunction));
    }
    return std::move(result_);
  }

 private:
  Grammar& grammar() { return result_.grammar; }

  /// The rule of the values that satisfy all of the schemas.
  RuleId rule_of(const Conjunction& schemas) {
    const Conjunction conjunction = alternatives_.resolved(schemas);
    std::vector<const Json*> key;
    for (const SchemaPlace& place : conjunction) key.push_back(place.value);
    const auto [found, is_new] = rules_.try_emplace(std::move(key), 0);
    if (is_new) {
      const std::string place = conjunction.empty() ? "any value" : conjunction[0].pointer;
      if (rules_.size() > rule_limit) {
        common::fail(place, ": the schema has more than ", rule_limit, " different parts");
      }
      found->second = grammar().add_rule(place);
      open_.emplace_back(found->second, conjunction);
    }
    return found->second;
  }

  NodeId any_of(const Conjunction& conjunction) {
    std::vector<NodeId> choices;
    for (const Constraints& one : alternatives_.of(conjunction)) {
      if (one.values) {
        add_values(one, choices);
      } else {
        add_types(one, conjunction, choices);
      }
    }
    return grammar().split(std::move(choices));
  }

  void add_values(const Constraints& one, std::vector<NodeId>& choices) {
    for (const SchemaPlace& value : *one.values) {
      if (!alternatives_.allows(one, value)) continue;
      choices.push_back(json_.value(*value.value, end_node));
    }
  }

  void add_types(const Constraints& one, const Conjunction& conjunction,
                 std::vector<NodeId>& choices) {
    if ((one.types & null_type) != 0) choices.push_back(grammar().literal("null", end_node));
    if ((one.types & boolean_type) != 0) {
      choices.push_back(grammar().literal("true", end_node));
      choices.push_back(grammar().literal("false", end_node));
    }
    if ((one.types & number_type) != 0) {
      choices.push_back(grammar().call(numbers(one.number), end_node));
    }
    if ((one.types & string_type) != 0) choices.push_back(string(one.string, conjunction));
    if ((one.types & array_type) != 0) choices.push_back(array(one));
    if ((one.types & object_type) != 0) choices.push_back(object(one));
  }

  /// Numbers of one range are one rule, wherever they are.
  RuleId numbers(const NumberRange& range) {
    const auto bound = [](const std::optional<Bound>& one) {
      if (!one) return std::string();
      return std::string(one->exclusive ? "x" : "i") + (one->value.negative ? "-" : "") +
             one->value.whole + "." + one->value.fraction;
    };
    const std::string key =
        bound(range.lower) + "," + bound(range.upper) + (range.integer ? ",integer" : "");
    const auto [found, is_new] = numbers_.try_emplace(key, 0);
    if (is_new) {
      found->second = grammar().add_rule("a number");
      grammar().set_start(found->second, add_numbers(grammar(), range, end_node));
    }
    return found->second;
  }

  NodeId string(const StringConstraints& string, const Conjunction& conjunction) {
    const bool limited = string.least > 0 || string.most || !string.patterns.empty();
    if (string.list || string.span) {
      if (limited || (string.list && string.span)) {
        document_.refuse(conjunction[0], "a list or span cannot have a pattern, a length or both");
      }
      const NodeId end = grammar().literal("\"", end_node);
      return grammar().literal("\"", string.list
                                         ? grammar().list(*string.list, end, string.spaced)
                                         : grammar().span(*string.span, end, string.spaced));
    }
    if (!limited) return json_.any_string(end_node);
    if (string.patterns.empty()) return json_.string_of_length(string.least, string.most, end_node);
    return json_.string_of(automaton_of(string), end_node);
  }

  static CharacterAutomaton automaton_of(const StringConstraints& string) {
    CharacterAutomaton common = *string.patterns[0];
    for (std::size_t i = 1; i < string.patterns.size(); ++i) {
      common = intersect(common, *string.patterns[i]);
    }
    if (string.least == 0 && !string.most) return common;
    const ExpressionPtr length = repeat(one_of(CharacterSet::any()), string.least,
                                        string.most.value_or(Expression::unlimited));
    return intersect(common, determine(*length, false));
  }

  NodeId array(const Constraints& one) {
    const NodeId end = grammar().literal("]", end_node);
    // From `same` on, elements are alike, and if their number has no limit they are a loop.
    const std::size_t same = std::max<std::size_t>({one.least_items, one.equal_from(), 1});
    const std::size_t last = one.most_items.value_or(static_cast<std::uint32_t>(same));
    NodeId after = end;
    if (!one.most_items) {
      after = grammar().split({end});
      grammar().add_choice(after, json_.comma(element(one, same, after)));
    }
    for (std::size_t i = last; i-- > 0;) {
      NodeId here = element(one, i, after);
      if (i > 0) here = json_.comma(here);
      after = i >= one.least_items ? grammar().split({here, end}) : here;
    }
    return grammar().literal("[", after);
  }

  NodeId element(const Constraints& one, std::size_t index, NodeId next) {
    return grammar().call(rule_of(one.element(index)), next);
  }

  NodeId object(const Constraints& one) {
    if (one.has_free_members()) return free_object(one);
    const NodeId end = grammar().literal("}", end_node);
    // After a member, and before the first one: the next member is written or left out.
    NodeId later = end;
    NodeId first = end;
    const std::vector<std::string> keys = one.keys();
    for (std::size_t i = keys.size(); i-- > 0;) {
      NodeId member = grammar().call(rule_of(one.member(keys[i])), later);
      member = json_.value(Json(keys[i]), json_.colon(member));
      const NodeId following = json_.comma(member);
      const bool required = one.requires_key(keys[i]);
      later = required ? following : grammar().split({following, later});
      first = required ? member : grammar().split({member, first});
    }
    return grammar().literal("{", first);
  }

  /// An object whose keys no schema names.
  NodeId free_object(const Constraints& one) {
    const NodeId end = grammar().literal("}", end_node);
    const NodeId after = grammar().split({end});
    NodeId member = grammar().call(rule_of(one.member({})), after);
    member = json_.any_string(json_.colon(member));
    grammar().add_choice(after, json_.comma(member));
    return grammar().literal("{", grammar().split({member, end}));
  }

  const SchemaDocument& document_;
  SchemaGrammar result_;
  SchemaAlternatives alternatives_;
  JsonWriting json_;
  std::map<std::vector<const Json*>, RuleId> rules_;
  std::map<std::string, RuleId> numbers_;
  std::vector<std::pair<RuleId, Conjunction>> open_;
};

}  // namespace

SchemaGrammar read_json_schema(std::string_view text, const std::string& name,
                               Whitespace whitespace) {
  const SchemaDocument document(text, name);
  return SchemaWriter(document, whitespace).write();
}

}  // namespace ringlet::grammar
