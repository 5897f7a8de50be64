#include "command_line.hpp"

#include "common/file_argument.hpp"
#include "grammar/compile.hpp"

namespace ringlet::grammar {
namespace {

/// An empty text comes from a variable that is not set.
std::string check_text(const std::string& text) { return text.empty() ? "is empty" : ""; }

constexpr const char* examples = R"(Examples:
  ringlet-grammar schema.json -o answer.rglg
      answers are JSON of this schema
  ringlet-grammar moves.gbnf -o moves.rglg
      a grammar of llama.cpp
  ringlet-grammar --choice yes,no,maybe -o choice.rglg
  ringlet-grammar --regex '[0-9]{4}-[0-9]{2}' -o month.rglg
  ringlet-grammar schema.json --explain --sample 5
      what it is compiled to, and five texts that it allows
  ringlet-grammar --lists home.json -o home.words
      words that a grammar's lists get at run time
  ringlet-grammar --home home.yaml -o home.words --home-text home.txt
      the words of a home's areas and devices, and the text with which a prompt begins

SOURCE is a JSON Schema, or GBNF if its name ends in .gbnf.
)";

}  // namespace

void add_options(CLI::App& app, CommandLine& line) {
  line.depth = default_depth;
  auto* source = app.add_option("SOURCE", line.source, "JSON Schema or GBNF grammar to compile.")
                     ->check(common::check_file_name, "", "");
  auto* regex = app.add_option("--regex", line.regex, "Compile this regular expression.")
                    ->type_name("EXPRESSION")
                    ->check(check_text, "", "")
                    ->excludes(source);
  app.add_option("--choice", line.choice, "Allow one of these texts (\\, is a comma in a text).")
      ->type_name("A,B,C")
      ->check(check_text, "", "")
      ->excludes(source)
      ->excludes(regex);
  app.add_flag("--gbnf", line.gbnf, "SOURCE is GBNF, whatever its name.")->needs(source);
  app.add_option("-o,--output", line.output, "File to write.")
      ->check(common::check_file_name, "", "");
  app.add_flag("--compact", line.compact,
               "JSON without white space (default: one space after each colon and comma).");
  app.add_option("--depth", line.depth,
                 "How often a rule, or a schema with $ref, can be inside itself.")
      ->check(CLI::Range(0U, 64U))
      ->capture_default_str();
  app.add_option(
         "--lists", line.lists,
         "Words of lists, {\"rooms\": [\"kitchen\"]}: with SOURCE for --check and --sample,\n"
         "without SOURCE to be written to -o.")
      ->type_name("FILE")
      ->check(common::check_file_name, "", "");
  app.add_option("--home", line.home,
                 "A home, whose areas and devices are the lists: YAML, or Home Assistant's folder\n"
                 ".storage.")
      ->type_name("PATH")
      ->check(common::check_file_name, "", "")
      ->excludes("--lists");
  app.add_option(
         "--grammar", line.grammar,
         "Compiled grammar: make the lists that it names. 'light+fan+it' has the lights, the\n"
         "fans and the word 'it'. (Default: one list for each kind, and 'area'.)")
      ->type_name("FILE")
      ->check(common::check_file_name, "", "")
      ->needs("--home")
      ->excludes(source);
  app.add_option("--home-text", line.home_text, "File to write the home to, for a prompt.")
      ->type_name("FILE")
      ->check(common::check_file_name, "", "")
      ->needs("--home");
  app.add_option("--text", line.text,
                 "The text of which spans are pieces, for --check and --sample.");
  app.add_flag("--explain", line.explain, "Print states, edges, stack depth, size and lists.");
  app.add_option("--check", line.checks,
                 "Say whether the grammar allows this text (repeatable); exit with 1 if not.")
      ->type_name("TEXT")
      ->allow_extra_args(false);
  app.add_option("--sample", line.samples, "Print this many random texts of the grammar.")
      ->check(CLI::Range(1U, 1'000'000U));
  app.add_option("--seed", line.seed, "Seed of the random texts.")->capture_default_str();
  app.set_version_flag("--version", "ringlet-grammar " RINGLET_PROGRAM_VERSION,
                       "Print the version and exit.");
  app.footer(examples);
}

void check_options(const CommandLine& line) {
  if (!line.has_source() && line.lists.empty() && line.home.empty()) {
    throw CLI::RequiredError("SOURCE, --regex or --choice");
  }
  const bool asks = line.asks();
  const bool writes = !line.output.empty() || !line.home_text.empty();
  if (!line.has_source() && (asks || !writes)) {
    throw CLI::RequiredError(asks                ? "SOURCE"
                             : line.home.empty() ? "--lists without SOURCE: -o"
                                                 : "--home without SOURCE: -o or --home-text");
  }
  if (!asks && !writes) {
    throw CLI::RequiredError("one of -o, --explain, --check and --sample");
  }
}

}  // namespace ringlet::grammar
