// What chooses the next token of a text from its logits.
#pragma once

#include "ringlet/language.hpp"  // first

#include <span>

#include "ringlet/formats.hpp"
#include "ringlet/sampler.hpp"

namespace ringlet {

/// A value of a function, like Team and Drafter: a sampler, a sampler that a grammar restricts, or
/// whatever an application chooses with.
struct TokenChooser {
  /// Calls sample() of `object`, which must stay where it is while the chooser is used.
  template <typename Object>
  [[nodiscard]] static TokenChooser of(Object& object) noexcept {
    return {&object, [](void* self, std::span<const float> logits) noexcept {
              return static_cast<Object*>(self)->sample(logits);
            }};
  }

  TokenChooser(void* data, TokenId (*function)(void*, std::span<const float>) noexcept) noexcept
      : user_data(data), choose(function) {}

  /// A sampler chooses by itself.
  TokenChooser(Sampler& sampler) noexcept  // NOLINT(google-explicit-constructor)
      : TokenChooser(of(sampler)) {}

  void* user_data;

  /// Returns the token that follows, given the logits of the text so far. Is called once for each
  /// token of the text, in order.
  TokenId (*choose)(void* user_data, std::span<const float> logits) noexcept;

  [[nodiscard]] TokenId operator()(std::span<const float> logits) const noexcept {
    return choose(user_data, logits);
  }
};

}  // namespace ringlet
