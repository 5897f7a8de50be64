// What proposes tokens that a text is likely to continue with.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <span>

#include "ringlet/formats.hpp"

namespace ringlet {

/// A value of two functions, like Team and Observer: it drafts tokens that speculate() verifies.
/// Drafts never change a text, so a drafter may propose anything; good drafts make it come sooner.
struct Drafter {
  /// Calls `draft` and `observe` of `object`, which must stay where it is while the drafter is
  /// used.
  template <typename Object>
  [[nodiscard]] static Drafter of(Object& object) noexcept {
    return {.user_data = &object,
            .draft =
                [](void* self, std::span<TokenId> out) noexcept {
                  return static_cast<Object*>(self)->draft(out);
                },
            .observe =
                [](void* self, std::span<const TokenId> tokens) noexcept {
                  static_cast<Object*>(self)->observe(tokens);
                }};
  }

  void* user_data = nullptr;

  /// Writes the tokens that it expects after the text observed so far to the start of `out`, and
  /// returns their number. A token outside the vocabulary ends the draft.
  std::size_t (*draft)(void* user_data, std::span<TokenId> out) noexcept = nullptr;

  /// Is told every token of the text once, in order: those of the prompt and those generated.
  void (*observe)(void* user_data, std::span<const TokenId> tokens) noexcept = nullptr;

  /// Calls `observe`, if the drafter has one.
  void tell(std::span<const TokenId> tokens) const noexcept {
    if (observe != nullptr) observe(user_data, tokens);
  }
};

}  // namespace ringlet
