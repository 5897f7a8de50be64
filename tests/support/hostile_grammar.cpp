#include "support/hostile_grammar.hpp"

#include <algorithm>
#include <cstring>

#include "grammar/grammar_file.hpp"
#include "support/grammar_rig.hpp"
#include "support/vocabularies.hpp"

namespace ringlet::test {
namespace {

enum Kind : unsigned { of_grammar, of_words, of_trie, of_saved };
constexpr unsigned sealed = 4;

/// A model with byte tokens and a few pieces.
const LoadedModel& small_model() {
  static const LoadedModel model(
      write_with_tokenizer(small_tokenizers().front().tokenizer, all_f32));
  return model;
}

const TokenTrie& small_trie() {
  static const BuiltTrie built(small_model().model);
  return built.trie;
}

/// Follows the tokens that a counter chooses, with undo, and compares masks with single tokens.
void follow(GrammarState& state) {
  Random random(1);
  for (int i = 0; i < 24; ++i) {
    const std::vector<TokenId> tokens = tokens_of(state.mask());
    if (tokens.empty()) break;
    const TokenId token = tokens[random.below(static_cast<std::uint32_t>(tokens.size()))];
    if (!state.allows(token) || !state.accept(token)) std::abort();
    if (i % 5 == 4 && !state.undo(1).ok()) std::abort();
    char out[16];
    (void)state.forced(out);
    (void)state.forced_text(out);
    (void)state.text();
  }
}

Status use_grammar(std::span<const std::byte> bytes) {
  const Result<Grammar> grammar = Grammar::open(bytes);
  if (!grammar) return grammar.status();
  for (std::uint32_t i = 0; i <= grammar->list_count(); ++i) (void)grammar->list_name(i);
  if (grammar->states() > 4096 || grammar->most_pushes() > 16) return {};
  for (const bool filled : {false, true}) {
    RunTime run_time{.lists = {}, .span = "turn on the lamp"};
    for (std::uint32_t i = 0; filled && i < grammar->list_count(); ++i) {
      run_time.lists[std::string(grammar->list_name(i))] = {"a", "ab", "the lamp", "ab c"};
    }
    GrammarRig rig(small_model().model, small_trie(), *grammar,
                   {.lists = {}, .span = run_time.span}, {.undo_tokens = 2});
    // A grammar can refuse words that begin others.
    if (!rig.try_lists(run_time.lists)) continue;
    if (!rig.state.reset().ok()) continue;
    follow(rig.state);
  }
  return {};
}

Status use_words(std::span<const std::byte> bytes) {
  const Result<WordLists> lists = WordLists::open(bytes);
  if (!lists) return lists.status();
  static const LoadedGrammar grammar(lists_grammar());
  GrammarRig rig(small_model().model, small_trie(), grammar.grammar,
                 {.lists = {}, .span = "turn on the lamp"}, {.undo_tokens = 2});
  for (std::uint32_t i = 0; i < lists->count(); ++i) {
    for (std::uint32_t word = 0; word < lists->list(i).count; ++word) {
      if (lists->list(i).word(word).empty()) std::abort();
    }
  }
  if (rig.state.set_lists(*lists).ok() && rig.state.reset().ok()) follow(rig.state);
  return {};
}

Status use_trie(std::span<const std::byte> bytes) {
  const Result<TokenTrie> trie = TokenTrie::open(small_model().model, bytes);
  if (!trie) return trie.status();
  static const LoadedGrammar grammar(json_grammar());
  GrammarRig rig(small_model().model, *trie, grammar.grammar, {}, {.undo_tokens = 2});
  if (rig.state.reset().ok()) follow(rig.state);
  return {};
}

Status use_saved(std::span<const std::byte> bytes) {
  static const LoadedGrammar grammar(lists_grammar());
  GrammarRig rig(small_model().model, small_trie(), grammar.grammar, usual_run_time(),
                 {.undo_tokens = 2});
  if (!rig.state.reset().ok()) std::abort();
  const Status status = rig.state.restore(bytes);
  if (status.ok()) follow(rig.state);
  return status;
}

std::string input_of(unsigned kind, std::span<const std::byte> bytes) {
  std::string input(1, static_cast<char>(kind));
  input.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return input;
}

std::vector<std::byte> words_file() {
  const RunTime run_time = usual_run_time();
  std::vector<grammar::NamedWords> lists;
  for (const auto& [name, words] : run_time.lists) lists.push_back({name, words});
  return grammar::write_words(lists);
}

std::vector<std::byte> saved_state() {
  const LoadedGrammar grammar(lists_grammar());
  GrammarRig rig(small_model().model, small_trie(), grammar.grammar, usual_run_time(), {});
  if (!rig.state.reset().ok()) std::abort();
  std::vector<std::byte> saved(static_cast<std::size_t>(rig.state.saved_bytes()));
  if (!rig.state.save(saved).ok()) std::abort();
  return saved;
}

}  // namespace

Status exercise_grammar(std::span<const std::byte> input) {
  if (input.empty()) return {ErrorCode::invalid_argument, "input", "empty"};
  const unsigned what = std::to_integer<unsigned>(input[0]);
  GuardedBytes bytes(input.subspan(1));
  if ((what & sealed) != 0) seal_grammar(bytes.span());
  bytes.make_read_only();
  switch (what % 4) {
    case of_grammar:
      return use_grammar(bytes.span());
    case of_words:
      return use_words(bytes.span());
    case of_trie:
      return use_trie(bytes.span());
    default:
      return use_saved(bytes.span());
  }
}

std::vector<GrammarInput> grammar_inputs() {
  const std::vector<std::byte> json = grammar::write_grammar(json_grammar());
  const std::vector<std::byte> words = words_file();
  const BuiltTrie trie(small_model().model);
  std::vector<std::byte> damaged = json;
  damaged[damaged.size() / 2] ^= std::byte{1};
  std::vector<std::byte> other = json;
  other[9] ^= std::byte{1};
  return {{"json", input_of(of_grammar, json)},
          {"lists", input_of(of_grammar, grammar::write_grammar(lists_grammar()))},
          {"spaced", input_of(of_grammar, grammar::write_grammar(spaced_grammar()))},
          {"counted", input_of(of_grammar, grammar::write_grammar(counted_grammar()))},
          {"words", input_of(of_words, words)},
          {"trie", input_of(of_trie, std::as_bytes(std::span(trie.words)))},
          {"saved", input_of(of_saved, saved_state())},
          {"sealed", input_of(of_grammar + sealed, json)},
          {"sealed_words", input_of(of_words + sealed, words)},
          {"refused_damaged", input_of(of_grammar, damaged), "checksum"},
          {"refused_short", input_of(of_grammar, std::span(json).first(8)), "too short"},
          {"refused_cut", input_of(of_grammar, std::span(json).first(64)), "truncated"},
          {"refused_kind", input_of(of_words, json), "first bytes"},
          {"refused_identifier", input_of(of_grammar, other), "first bytes"},
          {"refused_trie", input_of(of_trie, std::span(json).first(40)), "header"},
          {"refused_saved", input_of(of_saved, std::span(json).first(14)), "saved"}};
}

}  // namespace ringlet::test
