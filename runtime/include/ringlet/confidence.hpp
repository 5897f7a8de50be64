// How sure a model was of a text that a grammar restricted.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>
#include <span>
#include <string_view>

#include "ringlet/formats.hpp"

namespace ringlet {

/// What a grammar takes away is information: a model that is forced to say what it does not mean
/// says it with little probability. Two numbers tell, both under the softmax of the raw logits, at
/// temperature 1 and without penalties. The same bits on every target.
class Confidence {
 public:
  /// Before the first step.
  constexpr Confidence() noexcept = default;
  /// After earlier steps.
  constexpr Confidence(float confidence, float allowed) noexcept
      : confidence_(confidence), allowed_(allowed) {}

  /// Counts one step of a text: every token of it, forced ones and the one that ends it included.
  /// `mask` has the tokens that the grammar allowed (GrammarState::mask); an empty one allowed all.
  void observe(std::span<const float> logits, std::span<const std::uint32_t> mask,
               TokenId chosen) noexcept;

  /// The product of the probabilities of the chosen tokens: that the model would have said this
  /// text. Low for a wrong word among allowed ones. 1 before the first step.
  [[nodiscard]] float confidence() const noexcept { return confidence_; }

  /// The smallest probability that a step left to the allowed tokens together. Low where the model
  /// wanted to say something else. 1 before the first step.
  [[nodiscard]] float allowed() const noexcept { return allowed_; }

  /// Before the next text.
  void reset() noexcept { *this = {}; }

 private:
  float confidence_ = 1.0F;
  float allowed_ = 1.0F;
};

/// Writes a probability with three digits after the point, rounded to the nearest, halves up:
/// "0.973". Computed by integers, so that the text is the same on every target. `buffer` has at
/// least 5 characters.
std::string_view print_probability(float probability, std::span<char> buffer) noexcept;

}  // namespace ringlet
