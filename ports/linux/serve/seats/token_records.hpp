// The log-probabilities at the tokens of an answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ringlet/formats.hpp"

namespace ringlet::serve {

struct TokenLogprob {
  TokenId token = 0;
  float logprob = 0;
};

/// What tokens no logit makes possible get: JSON has no infinity, and clients know this number.
inline constexpr float least_logprob = -9999.0F;

/// One record for each token, in a few lists.
struct TokenRecords {
  /// The text that a token has brought: whole characters, and so 0 for the first part of one.
  struct Extent {
    std::uint16_t bytes = 0;  // at most three for each of the longest piece
    std::uint16_t characters = 0;
  };

  std::uint32_t alternatives = 0;  // at each token
  std::vector<TokenLogprob> chosen = {};
  std::vector<Extent> extents = {};
  std::vector<TokenLogprob> likeliest = {};  // of all alternatives, the most likely first

  [[nodiscard]] std::size_t size() const noexcept { return chosen.size(); }
  [[nodiscard]] std::span<const TokenLogprob> likeliest_at(std::size_t index) const {
    return std::span(likeliest).subspan(index * alternatives, alternatives);
  }
  void reserve(std::size_t records);
  /// Adds the records [first, last) of another.
  void append(const TokenRecords& other, std::size_t first, std::size_t last);
  void drop_first(std::size_t records);

  /// The bytes of so many records.
  [[nodiscard]] static std::uint64_t bytes(std::uint64_t records, std::uint32_t alternatives);
};

[[nodiscard]] TokenRecords::Extent extent_of(std::string_view text);

/// Adds the record of `chosen`, without its text, under the softmax of `logits` in double
/// precision, summed in order. NaN counts as −infinity. Of equally likely tokens the first comes
/// first. Without logits, the log-probabilities are NaN: for a token that nothing comes before.
void record_logprobs(std::span<const float> logits, TokenId chosen, TokenRecords& records);

}  // namespace ringlet::serve
