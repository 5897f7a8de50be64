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

/// The file to write must not be one that was read.
void check_output(const CommandLine& line) {
  for (const std::string& source : {line.source, line.lists}) {
    std::error_code error;
    if (!source.empty() && std::filesystem::equivalent(source, line.output, error)) {
      throw port::Failure(line.output + ": is the source; choose another name for the output");
    }
  }
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

GivenTexts given_texts(const CommandLine& line) {
  GivenTexts given;
  given.text = line.text;
  if (line.lists.empty()) return given;
  std::vector<NamedWords> lists = read_word_lists(source_of(line.lists), line.lists);
  for (NamedWords& list : lists) {
    given.lists[list.name] = std::move(list.words);
  }
  return given;
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

int answer(const CommandLine& line, const Automaton& automaton, std::size_t file_bytes) {
  int status = 0;
  std::string text = line.explain ? explain(with_spaces(automaton), file_bytes) : "";
  if (!line.checks.empty() || line.samples != 0) {
    const GivenTexts given = given_texts(line);
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
  if (!line.output.empty()) check_output(line);
  if (!line.has_source()) {
    write(line.output, write_words(read_word_lists(source_of(line.lists), line.lists)));
    return 0;
  }
  const Compiled compiled = compile(line);
  for (const std::string& note : compiled.notes) {
    (void)std::fprintf(stderr, "ringlet-grammar: note: %s\n", common::visible(note, true).c_str());
  }
  const std::vector<std::byte> file = write_grammar(compiled.automaton);
  const int status = answer(line, compiled.automaton, file.size());
  if (!line.output.empty()) write(line.output, file);
  return status;
}

}  // namespace ringlet::grammar
