#include "loaded_grammar.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "command.hpp"
#include "grammar/grammar_file.hpp"
#include "grammar/source.hpp"
#include "grammar/word_lists.hpp"
#include "ringlet/linux/token_trie.hpp"
#include "ringlet/token_trie.hpp"

namespace ringlet::cli {
namespace {

// Forced tokens that are verified in a pass at most.
constexpr std::uint32_t most_forced = 7;

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

std::vector<std::byte> compile(grammar::SourceKind kind, std::string_view text,
                               const std::string& name) {
  const grammar::Compiled compiled = grammar::compile_source(kind, text, name, {});
  for (const std::string& note : compiled.notes) print_note("ringlet: " + note, false);
  return grammar::write_grammar(compiled.automaton);
}

/// A list that the file lacks is more likely a slip than an empty one.
void check_names(const LoadedGrammar& loaded) {
  for (std::uint32_t i = 0; i < loaded.grammar.list_count(); ++i) {
    const std::string_view name = loaded.grammar.list_name(i);
    std::uint32_t at = 0;
    while (at < loaded.lists.count() && loaded.lists.name(at) != name) ++at;
    if (at < loaded.lists.count()) continue;
    throw port::Failure(loaded.lists_path + ": lacks the list '" + std::string(name) +
                        "' of the grammar; an empty one is []");
  }
}

void load_lists(const std::string& path, LoadedGrammar& loaded) {
  if (path.empty()) return;
  const std::string text = read_text(path);
  if (grammar::is_grammar_file(text)) {
    throw port::Failure(path + ": is a grammar; give it with --grammar");
  }
  loaded.lists_path = path;
  loaded.list_bytes = grammar::is_words_file(text)
                          ? bytes_of(text)
                          : grammar::write_words(grammar::read_word_lists(text, path));
  loaded.lists = port::value_of(path, WordLists::open(loaded.list_bytes));
  check_names(loaded);
}

/// Reads a compiled grammar, or compiles it. `path` names it in messages.
LoadedGrammar load_file(const std::string& path, bool is_schema) {
  LoadedGrammar loaded;
  loaded.path = path;
  const std::string text = read_text(path);
  if (is_schema && grammar::is_grammar_file(text)) {
    throw port::Failure(path + ": is a compiled grammar; give it with --grammar");
  }
  if (grammar::is_words_file(text)) {
    throw port::Failure(path + ": has words for lists; give it with --lists");
  }
  if (!is_schema && grammar::is_grammar_file(text)) {
    loaded.bytes = bytes_of(text);
  } else {
    loaded.bytes = compile(is_schema ? grammar::SourceKind::json_schema : grammar::SourceKind::gbnf,
                           text, path);
  }
  return loaded;
}

LoadedGrammar compile_choice(const std::string& choice) {
  LoadedGrammar loaded;
  loaded.path = "--choice";
  loaded.bytes = compile(grammar::SourceKind::choice, choice, loaded.path);
  return loaded;
}

/// The grammars that the options name, not yet opened.
std::vector<LoadedGrammar> load_sources(const GrammarSettings& settings) {
  std::vector<LoadedGrammar> loaded;
  if (!settings.choice.empty()) loaded.push_back(compile_choice(settings.choice));
  if (!settings.schema.empty()) loaded.push_back(load_file(settings.schema, true));
  for (const std::string& path : settings.grammars) loaded.push_back(load_file(path, false));
  return loaded;
}

}  // namespace

std::vector<LoadedGrammar> load_grammars(const GrammarSettings& settings) {
  check_grammar_options(settings);
  std::vector<LoadedGrammar> grammars = load_sources(settings);
  bool has_spans = false;
  for (LoadedGrammar& loaded : grammars) {
    loaded.grammar = port::value_of(loaded.path, Grammar::open(loaded.bytes));
    load_lists(settings.lists, loaded);
    has_spans = has_spans || loaded.grammar.has_spans();
  }
  if (settings.span_bytes && !has_spans) {
    throw UsageError("--span-bytes: no grammar takes parts of a text; leave the option out");
  }
  // One set of options serves all: a grammar without spans has no memory for them.
  const auto span_bytes = static_cast<std::uint32_t>(
      has_spans ? settings.span_bytes.value_or(GrammarOptions::most_span_bytes) : 0);
  for (LoadedGrammar& loaded : grammars) loaded.options.span_bytes = span_bytes;
  return grammars;
}

std::optional<LoadedGrammar> load_grammar(const GrammarSettings& settings) {
  if (settings.grammars.size() > 1) {
    throw UsageError("--grammar: an answer follows one grammar; leave one");
  }
  std::vector<LoadedGrammar> grammars = load_grammars(settings);
  if (grammars.empty()) return std::nullopt;
  return std::move(grammars.front());
}

void plan_grammar(LoadedGrammar& grammar, const LoadedModel& model, SessionOptions& options) {
  (void)open_tokenizer(model);  // says how to add one
  if (!TokenTrie::open(model.model).ok()) grammar.trie = port::build_token_trie(model.model);
  Config& config = options.config;
  config.grammar_bytes =
      std::max(config.grammar_bytes,
               GrammarState::workspace_bytes(model.model, grammar.grammar, grammar.options));
  config.token_trie_bytes = grammar.trie.size() * sizeof(std::uint32_t);
  if (config.draft_tokens == 0 && options.drafts.tokens != 0) {
    config.draft_tokens = std::min(config.ring_chunk() - 1, most_forced);
  }
}

}  // namespace ringlet::cli
