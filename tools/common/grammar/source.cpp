#include "grammar/source.hpp"

#include <algorithm>
#include <utility>

#include "grammar/character_automaton.hpp"
#include "grammar/expression.hpp"
#include "grammar/gbnf.hpp"
#include "grammar/json_schema.hpp"
#include "grammar/regular_expression.hpp"
#include "grammar/text_reader.hpp"

namespace ringlet::grammar {
namespace {

Grammar read_regex(std::string_view text, const std::string& name) {
  const ExpressionPtr expression = read_regular_expression(text, name);
  const CharacterAutomaton automaton = determine(*expression, false);
  Grammar grammar;
  const RuleId rule = grammar.add_rule(name);
  const auto write = [](Grammar& to, const CharacterSet& set, NodeId next) {
    return to.characters(set, next);
  };
  grammar.set_start(rule, add_automaton(grammar, automaton, write, end_node));
  return grammar;
}

std::vector<std::string> texts_of(std::string_view list, const std::string& name) {
  TextReader in(list, name);
  std::vector<std::string> texts(1);
  while (in.peek() != no_character) {
    if (in.take_if(",")) {
      texts.emplace_back();
    } else if (in.take_if("\\")) {
      if (in.peek() != ',' && in.peek() != '\\')
        in.refuse("a backslash needs ',' or '\\' after it");
      texts.back() += static_cast<char>(in.take());
    } else {
      texts.back() += utf8_of(in.take());
    }
  }
  return texts;
}

Grammar read_choice(std::string_view list, const std::string& name) {
  Grammar grammar;
  const RuleId rule = grammar.add_rule(name);
  std::vector<NodeId> choices;
  for (const std::string& text : texts_of(list, name)) {
    if (text.empty()) common::fail(name, ": a choice is empty");
    choices.push_back(grammar.literal(text, end_node));
  }
  grammar.set_start(rule, grammar.split(std::move(choices)));
  return grammar;
}

Grammar read(SourceKind kind, std::string_view text, const std::string& name,
             const CompileOptions& options, std::vector<std::string>& notes) {
  switch (kind) {
    case SourceKind::gbnf:
      return read_gbnf(text, name);
    case SourceKind::regular_expression:
      return read_regex(text, name);
    case SourceKind::choice:
      return read_choice(text, name);
    case SourceKind::json_schema:
      break;
  }
  SchemaGrammar schema = read_json_schema(text, name, options.whitespace);
  notes = std::move(schema.notes);
  return std::move(schema.grammar);
}

}  // namespace

Compiled compile_source(SourceKind kind, std::string_view text, const std::string& name,
                        const CompileOptions& options) {
  try {
    Compiled result;
    const Grammar grammar = read(kind, text, name, options, result.notes);
    result.automaton = compile(grammar, options.depth);
    return result;
  } catch (const port::Failure& failure) {
    // What is too large as a whole has no place of its own.
    const std::string_view message = failure.what();
    if (message.starts_with(name)) throw;
    common::fail(name, ": ", message);
  }
}

}  // namespace ringlet::grammar
