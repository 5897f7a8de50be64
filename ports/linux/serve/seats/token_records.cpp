#include "serve/seats/token_records.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ringlet::serve {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

float number_of(float logit) { return std::isnan(logit) ? -infinity : logit; }

/// Logits as log-probabilities.
class Softmax {
 public:
  explicit Softmax(std::span<const float> logits) {
    for (const float logit : logits) highest_ = std::max(highest_, number_of(logit));
    double sum = 0;
    for (const float logit : logits) sum += weight(number_of(logit));
    log_sum_ = std::log(sum);
  }

  [[nodiscard]] float operator()(float logit) const {
    const float number = number_of(logit);
    if (number == -infinity) return least_logprob;
    // Infinite logits are equally likely.
    const double distance = number == highest_ ? 0 : double{number} - double{highest_};
    return static_cast<float>(std::max(distance - log_sum_, double{least_logprob}));
  }

 private:
  [[nodiscard]] double weight(float logit) const {
    return logit == highest_ ? 1 : std::exp(double{logit} - double{highest_});
  }

  float highest_ = -infinity;
  double log_sum_ = 0;
};

/// Puts the most likely tokens into `out`, in order.
void find_likeliest(std::span<const float> logits, std::span<TokenLogprob> out) {
  std::size_t found = 0;
  for (std::size_t token = 0; token < logits.size(); ++token) {
    const float logit = number_of(logits[token]);
    if (found == out.size() && (out.empty() || !(logit > out.back().logprob))) continue;
    std::size_t at = found < out.size() ? found++ : found - 1;
    for (; at > 0 && logit > out[at - 1].logprob; --at) out[at] = out[at - 1];
    out[at] = {static_cast<TokenId>(token), logit};
  }
}

}  // namespace

void TokenRecords::reserve(std::size_t records) {
  chosen.reserve(records);
  extents.reserve(records);
  likeliest.reserve(records * alternatives);
}

void TokenRecords::append(const TokenRecords& other, std::size_t first, std::size_t last) {
  const auto add = [](auto& to, const auto& from, std::size_t begin, std::size_t end) {
    to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(begin),
              from.begin() + static_cast<std::ptrdiff_t>(end));
  };
  alternatives = other.alternatives;
  add(chosen, other.chosen, first, last);
  add(extents, other.extents, first, last);
  add(likeliest, other.likeliest, first * alternatives, last * alternatives);
}

void TokenRecords::drop_first(std::size_t records) {
  const auto drop = [](auto& from, std::size_t count) {
    from.erase(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(count));
  };
  drop(chosen, records);
  drop(extents, records);
  drop(likeliest, records * alternatives);
}

std::uint64_t TokenRecords::bytes(std::uint64_t records, std::uint32_t alternatives) {
  return records * (sizeof(Extent) + (std::uint64_t{1} + alternatives) * sizeof(TokenLogprob));
}

TokenRecords::Extent extent_of(std::string_view text) {
  const auto characters = std::count_if(text.begin(), text.end(),
                                        [](unsigned char byte) { return (byte & 0xC0U) != 0x80U; });
  return {static_cast<std::uint16_t>(text.size()), static_cast<std::uint16_t>(characters)};
}

void record_logprobs(std::span<const float> logits, TokenId chosen, TokenRecords& records) {
  records.extents.push_back({});
  records.likeliest.resize(records.likeliest.size() + records.alternatives);
  if (logits.empty()) {
    records.chosen.push_back({chosen, std::numeric_limits<float>::quiet_NaN()});
    return;
  }
  const Softmax logprob(logits);
  records.chosen.push_back({chosen, logprob(logits[chosen])});
  const auto likeliest = std::span(records.likeliest).last(records.alternatives);
  find_likeliest(logits, likeliest);
  for (TokenLogprob& one : likeliest) one.logprob = logprob(one.logprob);
}

}  // namespace ringlet::serve
