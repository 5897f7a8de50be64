// Fuzzes the compiler of grammars: the first byte chooses the kind of source, the rest is the
// source. What compiles has no dead ends, and answers to a JSON Schema are JSON.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <string_view>

#include "common/visible_text.hpp"
#include "fuzz/aims.hpp"
#include "fuzz/demand.hpp"
#include "fuzz/target.hpp"
#include "grammar/grammar_file.hpp"
#include "grammar/sample.hpp"
#include "grammar/source.hpp"
#include "grammar/stack_depth.hpp"
#include "grammar/walk.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::test {
namespace {

using namespace ringlet::grammar;

const bool declared = declare_aims({"a schema compiled", "GBNF compiled", "an expression compiled",
                                    "choices compiled", "a text was allowed"});

constexpr std::string_view kinds = "sgrc";
constexpr std::size_t longest = 20'000;  // a larger source only takes longer

/// Every text that the automaton leads to is one that it accepts.
void check_texts(const Automaton& automaton, bool json) {
  GivenTexts given{.lists = {}, .text = "a b"};
  for (const std::string& name : automaton.lists) given.lists[name] = {"word", "words"};
  std::mt19937_64 random(1);
  const TextSampler sampler(automaton, given);
  for (int i = 0; i < 3; ++i) {
    const std::string text = sampler.text(random, random() % 40);
    demand(accepts(automaton, text, given), "a text of the grammar is not accepted");
    demand(!json || nlohmann::json::accept(text), "an answer is not JSON");
    met("a text was allowed");
  }
}

void compile_and_check(SourceKind kind, std::string_view text) {
  const Compiled compiled = compile_source(kind, text, "source", {.depth = 3});
  demand(compiled.automaton.depth <= deepest_stack, "the stack is too deep");
  demand(!write_grammar(compiled.automaton).empty(), "the file is empty");
  check_texts(compiled.automaton, kind == SourceKind::json_schema);
}

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  if (input.empty() || input.size() > longest) return refused("nothing to compile");
  const auto kind = kinds.find(static_cast<char>(input[0]));
  if (kind == std::string_view::npos) return refused("an unknown kind");
  const std::string_view text(reinterpret_cast<const char*>(input.data()) + 1, input.size() - 1);
  try {
    compile_and_check(static_cast<SourceKind>(kind), text);
  } catch (const port::Failure& failure) {
    const std::string message = common::visible(failure.what(), true);
    demand(message.starts_with("source") || message.starts_with("grammar: "), "no place is named");
    return refused(message);
  }
  constexpr std::string_view compiled[] = {"a schema compiled", "GBNF compiled",
                                           "an expression compiled", "choices compiled"};
  met(compiled[kind]);
  return accepted();
}

std::vector<Seed> make_seeds() {
  return {
      {"object",
       R"(s{"type":"object","properties":{"do":{"enum":["on","off"]},"domain":{"type":"array","items":{"type":"string","maxLength":4},"maxItems":3},"device":{"type":["integer","null"],"minimum":-3,"maximum":120}},"required":["do"]})"},
      {"combined",
       R"(s{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"type":"number","exclusiveMinimum":0.5},{"allOf":[{"pattern":"^a+$"},{"type":"string","minLength":2}]},{"type":"array","prefixItems":[{"$ref":"#/$defs/a"}],"items":false}]}}})"},
      {"any", "s{}"},
      {"one_of",
       R"(s{"oneOf":[{"const":1},{"type":"string","format":"date"},{"type":"object","properties":{"x":true},"required":["x"],"additionalProperties":false}]})"},
      {"list_and_span",
       R"(s{"type":"object","properties":{"r":{"type":"string","x-ringlet-list":"rooms"},"s":{"type":"string","x-ringlet-span":"words"}}})"},
      {"gbnf",
       "groot ::= \"(\" root ( \",\" root){0,2} \")\" | word # x\nword ::= [a-z\\u00e9]+ "
       "[^\\n]?\n"},
      {"gbnf_alike", "groot ::= a | b\na ::= \"(\" a \")\" | \"x\"\nb ::= \"(\" b \"]\" | .\n"},
      {"expression", "r^(a|[b-d]{2,3}?)*\\d\\.(?:x|\xC3\xA9)$"},
      {"choices", "cyes,no,a\\,b"},
      {"refused_keyword", R"(s{"not":{}})", "'not' is not supported"},
      {"refused_left_recursion", "groot ::= root \"a\"", "begins with itself"},
      {"refused_look_ahead", "r(?=a)", "look-ahead"},
      {"refused_cycle", R"(s{"allOf":[{"$ref":"#"}]})", "refers to itself"},
      {"refused_large", "r((a{100}){100}){100}", "too large"}};
}

}  // namespace ringlet::test
