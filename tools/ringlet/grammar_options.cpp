#include "grammar_options.hpp"

#include "command.hpp"
#include "common/file_argument.hpp"
#include "parse_values.hpp"
#include "ringlet/grammar_state.hpp"

namespace ringlet::cli {
namespace {

constexpr const char* structured_group = "Structured answers";

/// An empty list comes from a variable that is not set; to ignore it would restrict nothing.
std::string check_choice(const std::string& choice) {
  return choice.empty() ? "is empty; give texts, with commas between" : "";
}

}  // namespace

void add_grammar_options(CLI::App& app, GrammarSettings& settings) {
  app.add_option("--grammar", settings.grammars,
                 "Answer with a text of this grammar: a file of ringlet-grammar, or GBNF.")
      ->check(common::check_file_name, "", "")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group(structured_group);
  add_file(app, "--json-schema", settings.schema, "Answer with JSON that this schema describes.")
      ->group(structured_group);
  app.add_option("--choice", settings.choice, "Answer with one of these texts.")
      ->check(check_choice, "", "")
      ->type_name("TEXT,TEXT…")
      ->group(structured_group);
  add_file(app, "--lists", settings.lists,
           "Words for the lists that the grammar names: a file of ringlet-grammar, or JSON.")
      ->group(structured_group);
}

void add_confidence_option(CLI::App& app, GrammarSettings& settings) {
  add_number(app, "--grammar-confidence", settings.confidence,
             {"a number from 0 to 1", [](float x) { return x >= 0 && x <= 1; }},
             "Refuse an answer whose probability is below X, and exit with status 3.")
      ->group(structured_group);
}

void add_span_option(CLI::App& app, GrammarSettings& settings) {
  add_count(app, "--span-bytes", settings.span_bytes, {1, GrammarOptions::most_span_bytes},
            "Longest text whose parts the grammar takes (default: 4096). Costs two bytes a byte.")
      ->group(structured_group);
}

void check_grammar_options(const GrammarSettings& settings) {
  const int count = static_cast<int>(!settings.grammars.empty()) +
                    static_cast<int>(!settings.schema.empty()) +
                    static_cast<int>(!settings.choice.empty());
  if (count > 1) {
    throw UsageError("--grammar, --json-schema and --choice exclude each other; leave one");
  }
  if (count > 0) return;
  const char* option = !settings.lists.empty()           ? "--lists"
                       : settings.confidence.has_value() ? "--grammar-confidence"
                       : settings.span_bytes.has_value() ? "--span-bytes"
                                                         : nullptr;
  if (option != nullptr) {
    throw UsageError(std::string(option) + ": needs --grammar, --json-schema or --choice");
  }
}

}  // namespace ringlet::cli
