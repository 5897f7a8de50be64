#include "run.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/errors.hpp"
#include "common/output_file.hpp"
#include "common/visible_text.hpp"
#include "explain.hpp"
#include "grammar/grammar_file.hpp"
#include "grammar/sample.hpp"
#include "grammar/source.hpp"
#include "grammar/walk.hpp"
#include "grammar/with_spaces.hpp"
#include "grammar/word_lists.hpp"
#include "home.hpp"
#include "home_registries.hpp"
#include "home_yaml.hpp"
#include "ringlet/grammar.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/files.hpp"

namespace ringlet::grammar {
namespace {

constexpr int not_allowed = 1;
constexpr int broken_pipe = 141;

std::string content_of(const std::string& path) {
  const port::MappedFile file(path, port::MappedFile::Reading::once);
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

std::string source_of(const std::string& path) {
  std::string text = content_of(path);
  if (is_grammar_file(text) || is_words_file(text)) {
    throw port::Failure(path + ": is compiled already; name its source");
  }
  return text;
}

/// A file to write must not be one that was read.
void check_output(const CommandLine& line, const std::string& output) {
  for (const std::string& source : {line.source, line.lists, line.home, line.grammar}) {
    std::error_code error;
    if (!source.empty() && std::filesystem::equivalent(source, output, error)) {
      throw port::Failure(output + ": is the source; choose another name for the output");
    }
  }
}

void check_outputs(const CommandLine& line) {
  if (!line.output.empty()) check_output(line, line.output);
  if (!line.home_text.empty()) check_output(line, line.home_text);
  if (!line.output.empty() && line.output == line.home_text) {
    throw port::Failure(line.output + ": is named for two outputs; choose another name for one");
  }
}

void print_note(const std::string& note) {
  (void)std::fprintf(stderr, "ringlet-grammar: note: %s\n", common::visible(note, true).c_str());
}

Home read_home(const std::string& path) {
  std::error_code error;
  Home home = std::filesystem::is_directory(path, error) ? read_home_registries(path)
                                                         : read_home_yaml(source_of(path), path);
  check_home(home, path);
  for (const std::string& note : home.notes) print_note(note);
  return home;
}

/// The names of a compiled grammar's lists.
std::vector<std::string> list_names_of(const std::string& path) {
  const port::MappedFile file(path, port::MappedFile::Reading::once);
  const ringlet::Grammar grammar = port::value_of(path, ringlet::Grammar::open(file.bytes()));
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < grammar.list_count(); ++i) names.emplace_back(grammar.list_name(i));
  return names;
}

/// What --lists or --home gives to grammars and prompts.
struct Given {
  std::vector<NamedWords> lists{};
  std::string home_text{};
};

/// The lists of a home are those that the source names, or --grammar.
Given read_given(const CommandLine& line, const Compiled& compiled) {
  if (!line.home.empty()) {
    const Home home = read_home(line.home);
    const std::string text = prompt_text_of(home) + "\n";
    if (line.has_source()) return {word_lists_of(home, compiled.automaton.lists), text};
    if (line.grammar.empty()) return {word_lists_of(home), text};
    return {word_lists_of(home, list_names_of(line.grammar)), text};
  }
  if (line.lists.empty() || (line.has_source() && !line.asks())) return {};
  return {.lists = read_word_lists(source_of(line.lists), line.lists)};
}

void write(const std::string& path, std::span<const std::byte> bytes) {
  common::write_file(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Compiled compile(const CommandLine& line) {
  const CompileOptions options = {.whitespace = line.compact ? Whitespace::none : Whitespace::one,
                                  .depth = line.depth};
  if (!line.regex.empty()) {
    return compile_source(SourceKind::regular_expression, line.regex, "--regex", options);
  }
  if (!line.choice.empty()) {
    return compile_source(SourceKind::choice, line.choice, "--choice", options);
  }
  const bool gbnf = line.gbnf || line.source.ends_with(".gbnf");
  return compile_source(gbnf ? SourceKind::gbnf : SourceKind::json_schema, source_of(line.source),
                        line.source, options);
}

GivenTexts given_texts(const CommandLine& line, const Given& given) {
  GivenTexts texts;
  texts.text = line.text;
  for (const NamedWords& list : given.lists) texts.lists[list.name] = list.words;
  return texts;
}

/// Where the text stops being allowed, for a person; empty if all of it is.
std::string refusal(const Automaton& automaton, const GivenTexts& given, std::string_view text) {
  Walk walk(automaton, given);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (walk.step(static_cast<std::uint8_t>(text[i]))) continue;
    return "not allowed from byte " + std::to_string(i) + ": " + std::string(text.substr(i));
  }
  return walk.done() ? "" : "not complete";
}

int answer(const CommandLine& line, const Given& words, const Automaton& automaton,
           std::size_t file_bytes) {
  int status = 0;
  std::string text = line.explain ? explain(with_spaces(automaton), file_bytes) : "";
  if (!line.checks.empty() || line.samples != 0) {
    const GivenTexts given = given_texts(line, words);
    for (const std::string& check : line.checks) {
      const std::string reason = refusal(automaton, given, check);
      text += (reason.empty() ? "allowed" : reason) + "\n";
      if (!reason.empty()) status = not_allowed;
    }
    const TextSampler sampler(automaton, given);
    std::mt19937_64 random(line.seed);
    constexpr std::size_t longest = 100;  // after which a text ends as soon as it can
    for (unsigned i = 0; i < line.samples; ++i) {
      text += sampler.text(random, random() % longest) + "\n";
    }
  }
  if (text.empty() || common::write_visible(STDOUT_FILENO, text)) return status;
  if (errno == EPIPE) return broken_pipe;
  throw port::system_failure("standard output", "cannot be written", errno);
}

}  // namespace

int run(const CommandLine& line) {
  check_outputs(line);
  const Compiled compiled = line.has_source() ? compile(line) : Compiled{};
  const Given given = read_given(line, compiled);
  int status = 0;
  if (line.has_source()) {
    for (const std::string& note : compiled.notes) print_note(note);
    const std::vector<std::byte> file = write_grammar(compiled.automaton);
    status = answer(line, given, compiled.automaton, file.size());
    if (!line.output.empty()) write(line.output, file);
  } else if (!line.output.empty()) {
    write(line.output, write_words(given.lists));
  }
  if (!line.home_text.empty()) common::write_file(line.home_text, given.home_text);
  return status;
}

}  // namespace ringlet::grammar
