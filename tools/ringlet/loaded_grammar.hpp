// The grammar of the command line, compiled, with its lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "grammar_options.hpp"
#include "options.hpp"
#include "ringlet/grammar.hpp"
#include "ringlet/grammar_state.hpp"

namespace ringlet::cli {

struct LoadedGrammar {
  std::string path;  // for messages: the file, or the option
  std::vector<std::byte> bytes;
  Grammar grammar;
  std::string lists_path;
  std::vector<std::byte> list_bytes;
  WordLists lists;
  std::vector<std::uint32_t> trie;  // of the vocabulary, if the model file has none
  GrammarOptions options;
};

/// Reads and compiles the grammar, if there is one, and its lists. Notes of the compiler go to
/// standard error. Throws Failure and UsageError.
[[nodiscard]] std::optional<LoadedGrammar> load_grammar(const GrammarSettings& settings);

/// The same for a plan, where --grammar can be given several times: of those grammars a session
/// follows one after another, in the same memory.
[[nodiscard]] std::vector<LoadedGrammar> load_grammars(const GrammarSettings& settings);

/// Sets what the plan of a session reserves for the grammar: its state, unless another grammar
/// needs more, the trie if the file of the model has none, and rows of logits for drafts of what it
/// forces, unless nothing may be drafted. Call it after plan_drafts() and before make_session().
/// Throws Failure if the model has no tokenizer.
void plan_grammar(LoadedGrammar& grammar, const LoadedModel& model, SessionOptions& options);

}  // namespace ringlet::cli
