// The state behind the handle of a grammar's state, and its workspace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "grammar/matcher.hpp"
#include "grammar/token_trie.hpp"
#include "ringlet/grammar_state.hpp"

namespace ringlet {

/// Of the state itself; more than it needs on 64-bit targets.
inline constexpr std::uint64_t grammar_state_bytes = 384;

/// Where the parts of a workspace begin, in bytes.
struct GrammarWorkspace {
  GrammarWorkspace(std::uint32_t vocab_size, std::uint32_t longest_piece, const Grammar& grammar,
                   const GrammarOptions& options) noexcept;

  // In the order of their alignments.
  std::uint64_t lists;
  std::uint64_t mask;
  std::uint64_t live;
  std::uint64_t entries;
  std::uint64_t path;
  std::uint64_t undo;
  std::uint64_t places;
  std::uint64_t text;
  std::uint64_t total;
};

/// A position with its stack, as 16-bit numbers: state, size of the stack, low, high, offset,
/// flags, the stack.
struct SavedPosition {
  static constexpr std::size_t head = 6;
  static constexpr std::uint16_t at_start = 1;
  static constexpr std::uint16_t ended = 2;
  static constexpr std::size_t words(std::uint32_t depth) noexcept { return head + depth; }
};

/// The state, in the caller's memory.
struct GrammarState::State {
  TokenTrie trie;
  Grammar grammar;
  Matcher matcher;
  GrammarPosition at;               // its stack is the first at.size entries
  GrammarPosition* path = nullptr;  // after each byte of a token, one more than the longest has
  std::span<std::uint32_t> mask;
  std::span<std::uint32_t> live;
  std::span<WordList> lists;
  std::span<std::uint16_t> places;
  std::uint16_t* undo = nullptr;  // a ring of saved positions
  std::uint32_t undo_tokens = 0;  // its size
  std::uint32_t undo_count = 0;   // valid ones
  std::uint32_t undo_next = 0;    // where the next one goes
  bool at_start = false;
  bool has_ended = true;
  bool is_set = false;        // since reset(), neither lists nor span have changed
  char last_byte = 0;         // of the last token, if it is a byte
  char* text_room = nullptr;  // for the text of a token, if the grammar has spaces
  std::string_view text{};    // of the last token

  State(const TokenTrie& its_trie, const Grammar& grammar, const GrammarOptions& options,
        std::span<std::byte> workspace, const GrammarWorkspace& parts) noexcept;

  [[nodiscard]] std::uint32_t depth() const noexcept { return matcher.grammar.depth; }

  /// Where the text is after a token that does not end it; false if it cannot come next.
  [[nodiscard]] bool after(TokenId token, GrammarPosition& p) const noexcept;

  /// The part of a token, which can come next, that belongs to the text.
  [[nodiscard]] std::string_view text_of(TokenId token) noexcept;

  /// Makes a position after `at` the current one.
  void go_to(const GrammarPosition& p) noexcept;

  /// What GrammarState::forced() writes, or forced_text().
  std::size_t forced(std::span<char> out, bool with_spaces) noexcept;

  void save(std::uint16_t* out) const noexcept;
  void load(const std::uint16_t* saved) noexcept;
  /// Whether load() can take these numbers.
  [[nodiscard]] bool is_valid(const std::uint16_t* saved) const noexcept;

  /// Ends the text, and forgets its tokens.
  void unset() noexcept {
    is_set = false;
    has_ended = true;
    undo_count = 0;
    text = {};
  }

  /// Saves the position for undo().
  void remember() noexcept;
};

}  // namespace ringlet
