// What a request adds to the logits before a token is chosen: biases, and penalties for what the
// answer has said.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ringlet/formats.hpp"

namespace ringlet::serve {

/// OpenAI's: logit + bias − count · frequency − (count > 0) · presence, where count is how often
/// the answer has the token.
struct LogitAdjustments {
  struct Bias {
    TokenId token = 0;
    float bias = 0;
  };
  float frequency = 0;
  float presence = 0;
  std::vector<Bias> biases = {};  // each token once, and within the vocabulary
};

class LogitAdjuster {
 public:
  LogitAdjuster() = default;
  explicit LogitAdjuster(const LogitAdjustments& adjustments);

  /// The logits to choose from: `logits` where there is nothing to add, otherwise a copy in
  /// `scratch`, which has as many.
  [[nodiscard]] std::span<const float> adjust(std::span<const float> logits,
                                              std::span<float> scratch) const;

  /// Counts a token of the answer.
  void count(TokenId token);

 private:
  struct Entry {
    TokenId token;
    float bias;
    std::uint32_t count;
  };

  double frequency_ = 0;
  double presence_ = 0;
  std::vector<Entry> entries_;  // by token
};

}  // namespace ringlet::serve
