// Restricts what a model says to the texts of a grammar.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ringlet/grammar.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/status.hpp"
#include "ringlet/token_trie.hpp"

namespace ringlet {

/// The settings of a GrammarState that cost memory.
struct GrammarOptions {
  static constexpr std::uint32_t most_undo_tokens = 4096;
  static constexpr std::uint32_t most_span_bytes = 4096;

  /// The number of newest tokens that undo() can take back.
  std::uint32_t undo_tokens = 0;
  /// The longest text whose runs a grammar with spans reads, in bytes.
  std::uint32_t span_bytes = 0;
};

/// Follows a text through a grammar and says which tokens can come next: those whose bytes some
/// text of the grammar goes on with, and the tokens that end a reply where the text is complete. A
/// mask of tokens has a bit for each token of the vocabulary, that of token 0 the lowest of the
/// first word. All memory is in the workspace, which must outlive the state; copies share it.
///
/// Nothing here depends on logits or drafts: what a state says is a function of grammar, lists,
/// span and the tokens so far.
class GrammarState {
 public:
  /// Creates an empty state. Only useful as a target of assignment.
  GrammarState() = default;

  /// Size in bytes of the workspace, the same on every target. Config::grammar_bytes puts it into
  /// the plan of a session, whose grammar_workspace() it then is.
  static std::uint64_t workspace_bytes(const Model& model, const Grammar& grammar,
                                       const GrammarOptions& options = {}) noexcept;

  /// Creates a state whose lists are all empty. Call reset() before the first text. `workspace`
  /// must be aligned to 8 and hold workspace_bytes(); the model of the trie, the trie and the
  /// grammar must stay. Errors: invalid_argument, naming the option; not_enough_memory.
  static Result<GrammarState> create(const TokenTrie& trie, const Grammar& grammar,
                                     const GrammarOptions& options,
                                     std::span<std::byte> workspace) noexcept;

  /// Fills a list of the grammar. The words must stay until the list is filled again. Errors:
  /// invalid_argument if the grammar has no list of this name, or if a word contains a byte that
  /// follows words of the list, so that its end would be unclear; the index is that of the word.
  Status set_list(std::string_view name, const WordList& words) noexcept;

  /// Fills every list of the grammar that the file has, and empties the others.
  Status set_lists(const WordLists& lists) noexcept;

  /// Sets the text whose runs the grammar reads; it must stay. A run has whole characters; it does
  /// not go on across a control character, quote or backslash. Errors: invalid_argument for a text
  /// that is not UTF-8; not_enough_memory if it is longer than span_bytes.
  Status set_span(std::string_view text) noexcept;

  /// Begins a text. `beginning` is that of the Detokenizer: true if the first piece loses the space
  /// that the encoder puts in front of a text. Must be called after lists or span have changed.
  /// Alternatives that need a word of an empty list disappear. Error: invalid_argument if then no
  /// text is left, naming the first empty list.
  Status reset(bool beginning = false) noexcept;

  /// The mask of the tokens that can come next, valid until the next call. Costs a walk over the
  /// trie.
  [[nodiscard]] std::span<const std::uint32_t> mask() noexcept;

  /// Whether one token can come next.
  [[nodiscard]] bool allows(TokenId token) const noexcept;

  /// Appends a token. Returns false, and changes nothing, if it cannot come next. After a token
  /// that ends the reply, none can.
  bool accept(TokenId token) noexcept;

  /// The part of the last token that belongs to the text of the answer: its bytes, without those
  /// spaces in front of words and runs that models write and a text does not have
  /// (`x-ringlet-spaced`). Detokenizer::next_bytes() makes whole characters of it. Empty if the
  /// last token ends the reply, and after undo(), reset() and restore(). Valid until the next call
  /// that changes the state.
  [[nodiscard]] std::string_view text() const noexcept;

  /// Takes back the last tokens. Error: out_of_range if there were fewer, or more than undo_tokens.
  Status undo(std::uint32_t tokens) noexcept;

  /// How many tokens undo() can take back now.
  [[nodiscard]] std::uint32_t undoable() const noexcept;

  /// Whether the text is complete, so that it may end here.
  [[nodiscard]] bool done() const noexcept;

  /// Whether a token has ended the reply.
  [[nodiscard]] bool ended() const noexcept;

  /// Writes the bytes that every text goes on with to `out`, as many as fit, and returns their
  /// number. As a draft for Session::verify, encoded by the tokenizer, they are accepted unless the
  /// model divides them otherwise. They have the spaces that text() leaves out, but do not end with
  /// one, because tokens join it with the word behind it.
  std::size_t forced(std::span<char> out) noexcept;

  /// The same without the spaces that text() leaves out.
  std::size_t forced_text(std::span<char> out) noexcept;

  /// Size in bytes of what save() writes, the same on every target.
  [[nodiscard]] std::uint64_t saved_bytes() const noexcept;

  /// Writes the state to `out`, for restore() in a state with the same grammar, lists and span.
  /// Error: not_enough_memory.
  Status save(std::span<std::byte> out) const noexcept;

  /// Continues from a saved state; there is then nothing to undo. Errors: invalid_snapshot for
  /// bytes that this grammar cannot have saved; invalid_argument before reset().
  Status restore(std::span<const std::byte> saved) noexcept;

 private:
  struct State;
  explicit GrammarState(State* state) noexcept : state_(state) {}
  State* state_ = nullptr;
};

/// Samples the next token of a text that follows a grammar: what sampler.sample(logits,
/// grammar.mask()) returns. A greedy sampler asks for its first choice alone before it needs the
/// mask. The grammar does not accept the token yet.
TokenId sample(Sampler& sampler, GrammarState& grammar, std::span<const float> logits) noexcept;

}  // namespace ringlet
