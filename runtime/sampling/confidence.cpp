#include "ringlet/confidence.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "numerics/exp.hpp"
#include "numerics/reduction.hpp"

namespace ringlet {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
/// Smaller ones are 0, and so never denormal.
float probability(float value) noexcept { return value < 0x1p-100F ? 0.0F : value; }

bool is_allowed(std::span<const std::uint32_t> mask, std::size_t token) noexcept {
  return mask.empty() || (token / 32 < mask.size() && (mask[token / 32] >> (token % 32) & 1) != 0);
}

/// The weight of a token relative to the most likely one. NaN counts as −infinity. The comparison
/// handles infinities, which are equally likely.
float weight(float logit, float best) noexcept {
  return logit == best ? 1.0F : canonical_exp(logit - best);
}

}  // namespace

void Confidence::observe(std::span<const float> logits, std::span<const std::uint32_t> mask,
                         TokenId chosen) noexcept {
  float best = -infinity;
  for (const float logit : logits) best = logit > best ? logit : best;
  // The canonical sums, over all tokens and over the allowed ones. What is not allowed adds 0, so
  // that both are equal where all are.
  float all[reduction_lanes] = {};
  float allowed[reduction_lanes] = {};
  for (std::size_t i = 0; best > -infinity && i < logits.size(); ++i) {
    const float w = weight(logits[i], best);
    all[i % reduction_lanes] += w;
    if (is_allowed(mask, i)) allowed[i % reduction_lanes] += w;
  }
  const float total = reduce_tree(all);
  const bool has_distribution = total > 0.0F && chosen < logits.size();
  const float p = has_distribution ? weight(logits[chosen], best) / total : 0.0F;
  const float mass = has_distribution ? reduce_tree(allowed) / total : 0.0F;
  confidence_ = probability(confidence_ * probability(p));
  allowed_ = std::min(allowed_, probability(mass));
}

std::string_view print_probability(float probability, std::span<char> buffer) noexcept {
  if (buffer.size() < 5) return {};
  std::uint32_t thousandths = 0;
  if (probability >= 1.0F) {
    thousandths = 1000;
  } else if (probability >= 0x1p-12F) {  // less than half a thousandth is 0
    // probability = mantissa · 2^-shift
    const auto bits = std::bit_cast<std::uint32_t>(probability);
    const std::uint64_t mantissa = (bits & 0x7FFFFFU) | 0x800000U;
    const std::uint32_t shift = 150 - (bits >> 23);
    thousandths =
        static_cast<std::uint32_t>((mantissa * 1000 + (std::uint64_t{1} << (shift - 1))) >> shift);
  }
  buffer[0] = static_cast<char>('0' + thousandths / 1000);
  buffer[1] = '.';
  buffer[2] = static_cast<char>('0' + thousandths / 100 % 10);
  buffer[3] = static_cast<char>('0' + thousandths / 10 % 10);
  buffer[4] = static_cast<char>('0' + thousandths % 10);
  return {buffer.data(), 5};
}

}  // namespace ringlet
