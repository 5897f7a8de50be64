// Answers questions about grammars, one line of JSON each, so that Python's libraries can judge the
// answers: compiles a source, says which texts it accepts, and makes random ones.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "grammar/sample.hpp"
#include "grammar/source.hpp"
#include "grammar/walk.hpp"
#include "ringlet/linux/failure.hpp"

namespace {

using namespace ringlet::grammar;
using nlohmann::json;

SourceKind kind_named(const std::string& name) {
  if (name == "gbnf") return SourceKind::gbnf;
  if (name == "regex") return SourceKind::regular_expression;
  if (name == "choice") return SourceKind::choice;
  return SourceKind::json_schema;
}

json answer(const json& question) {
  const CompileOptions options = {.whitespace = question.value("whitespace", "none") == "one"
                                                    ? Whitespace::one
                                                    : Whitespace::none,
                                  .depth = question.value("depth", default_depth)};
  const Compiled compiled =
      compile_source(kind_named(question.value("kind", "schema")),
                     question.at("source").get<std::string>(), "source", options);
  const Automaton& automaton = compiled.automaton;
  GivenTexts given;
  given.lists = question.value("lists", std::map<std::string, std::vector<std::string>>());
  given.text = question.value("text", "");
  json result = {{"states", automaton.states.size()}, {"depth", automaton.depth},
                 {"lists", automaton.lists},          {"notes", compiled.notes},
                 {"accepted", json::array()},         {"samples", json::array()}};
  for (const std::string& text : question.value("texts", std::vector<std::string>())) {
    result["accepted"].push_back(accepts(automaton, text, given));
  }
  std::mt19937_64 random(question.value("seed", 1U));
  const TextSampler sampler(automaton, given);
  for (int i = 0; i < question.value("samples", 0); ++i) {
    result["samples"].push_back(sampler.text(random, random() % question.value("length", 60U)));
  }
  return result;
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    json result;
    try {
      result = answer(json::parse(line));
    } catch (const ringlet::port::Failure& failure) {
      result = {{"refused", failure.what()}};
    }
    // A sample that is not UTF-8 ends the program with an exception.
    std::cout << result.dump() << '\n' << std::flush;
  }
  return 0;
}
