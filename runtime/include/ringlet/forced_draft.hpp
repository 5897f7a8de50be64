// Drafts the text that a grammar forces.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <span>
#include <string_view>

#include "ringlet/drafter.hpp"
#include "ringlet/grammar_state.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet {

/// Where a grammar leaves one way on (the keys of a JSON object, the rest of a name that has
/// begun), drafts that text, cut into tokens as the tokenizer cuts it. A model nearly always cuts
/// it alike, so a pass of Session::verify brings several tokens. Elsewhere another drafter drafts.
///
/// Reads the grammar's state, which must be that after all tokens chosen so far: that of a
/// ConstrainedSampler in speculate().
class ForcedDraft {
 public:
  /// The references must outlive the object. `workspace` is that of Tokenizer::encode, for instance
  /// Session::tokenizer_workspace(). `other` drafts where nothing is forced.
  ForcedDraft(GrammarState& grammar, const Tokenizer& tokenizer, std::span<std::byte> workspace,
              const Drafter& other = {}) noexcept
      : grammar_(grammar), tokenizer_(tokenizer), workspace_(workspace), other_(other) {}

  /// Writes what is forced, at most out.size() tokens, or what `other` drafts.
  std::size_t draft(std::span<TokenId> out) noexcept;

  /// Tells `other`.
  void observe(std::span<const TokenId> tokens) noexcept { other_.tell(tokens); }

  /// Whether the grammar forces anything now.
  [[nodiscard]] bool is_forced() noexcept;

 private:
  std::size_t encode_printed(std::string_view spelled, std::span<TokenId> out) noexcept;
  std::size_t encode(std::string_view text, std::span<TokenId> out) const noexcept;
  [[nodiscard]] bool spell(std::span<const TokenId> tokens, std::string_view bytes) const noexcept;

  GrammarState& grammar_;
  const Tokenizer& tokenizer_;
  std::span<std::byte> workspace_;
  Drafter other_;
};

}  // namespace ringlet
