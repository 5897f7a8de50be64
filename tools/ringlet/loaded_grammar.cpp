#include "loaded_grammar.hpp"

#include <algorithm>
#include <string_view>

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

}  // namespace

std::optional<LoadedGrammar> load_grammar(const GrammarSettings& settings) {
  check_grammar_options(settings);
  if (!settings.restrict_answers()) return std::nullopt;
  LoadedGrammar loaded;
  if (!settings.choice.empty()) {
    loaded.path = "--choice";
    loaded.bytes = compile(grammar::SourceKind::choice, settings.choice, loaded.path);
  } else {
    const bool schema = !settings.schema.empty();
    loaded.path = schema ? settings.schema : settings.grammar;
    const std::string text = read_text(loaded.path);
    if (schema && grammar::is_grammar_file(text)) {
      throw port::Failure(loaded.path + ": is a compiled grammar; give it with --grammar");
    }
    if (grammar::is_words_file(text)) {
      throw port::Failure(loaded.path + ": has words for lists; give it with --lists");
    }
    if (!schema && grammar::is_grammar_file(text)) {
      loaded.bytes = bytes_of(text);
    } else {
      loaded.bytes = compile(schema ? grammar::SourceKind::json_schema : grammar::SourceKind::gbnf,
                             text, loaded.path);
    }
  }
  loaded.grammar = port::value_of(loaded.path, Grammar::open(loaded.bytes));
  load_lists(settings.lists, loaded);
  if (loaded.grammar.has_spans()) loaded.options.span_bytes = GrammarOptions::most_span_bytes;
  return loaded;
}

void plan_grammar(LoadedGrammar& grammar, const LoadedModel& model, SessionOptions& options) {
  (void)open_tokenizer(model);  // says how to add one
  if (!TokenTrie::open(model.model).ok()) grammar.trie = port::build_token_trie(model.model);
  Config& config = options.config;
  config.grammar_bytes =
      GrammarState::workspace_bytes(model.model, grammar.grammar, grammar.options);
  config.token_trie_bytes = grammar.trie.size() * sizeof(std::uint32_t);
  if (config.draft_tokens == 0 && options.drafts.tokens != 0) {
    config.draft_tokens = std::min(config.ring_chunk() - 1, most_forced);
  }
}

}  // namespace ringlet::cli
