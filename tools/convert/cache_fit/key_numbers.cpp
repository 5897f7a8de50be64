#include "cache_fit/key_numbers.hpp"

#include <algorithm>
#include <cmath>

namespace ringlet::convert {
namespace {

/// Calls visit(row) for a head's captured rows.
template <typename Visit>
void for_each_row(const std::vector<float>& captured, std::uint32_t heads, std::uint32_t head,
                  std::uint32_t dim, Visit visit) {
  for (std::size_t at = std::size_t{head} * dim; at < captured.size();
       at += std::size_t{heads} * dim) {
    visit(captured.data() + at);
  }
}

/// Σ (x − mean)² of each dimension of a head, divided by the number of rows.
std::vector<double> energies(const std::vector<float>& captured, std::uint32_t heads,
                             std::uint32_t head, const std::vector<float>& mean) {
  std::vector<double> sums(mean.size());
  for_each_row(captured, heads, head, static_cast<std::uint32_t>(mean.size()),
               [&](const float* row) {
                 for (std::size_t i = 0; i < mean.size(); ++i) {
                   sums[i] += std::pow(double{row[i]} - double{mean[i]}, 2);
                 }
               });
  const auto rows = static_cast<double>(captured.size() / (heads * mean.size()));
  for (double& sum : sums) sum /= rows;
  return sums;
}

std::vector<float> mean_key(const LayerSample& sample, std::uint32_t kv_head) {
  const Architecture& a = sample.architecture;
  std::vector<double> sums(a.head_dim);
  double rows = 0;
  for_each_row(sample.captured.keys, a.kv_heads, kv_head, a.head_dim, [&](const float* row) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += double{row[i]};
    rows += 1;
  });
  std::vector<float> mean(a.head_dim);
  for (std::size_t i = 0; i < mean.size(); ++i) mean[i] = static_cast<float>(sums[i] / rows);
  return mean;
}

/// Clears the rotary pairs whose correction would cost more than it saves.
void keep_large_pairs(const LayerSample& sample, std::uint32_t kv_head, std::vector<float>& bias) {
  const Architecture& a = sample.architecture;
  const std::size_t half = sample.rotary_frequencies.size();
  const std::vector<double> rest = energies(sample.captured.keys, a.kv_heads, kv_head, bias);
  double mean = 0;
  for (std::size_t i = 0; i < 2 * half; ++i) mean += rest[i] / static_cast<double>(half);
  for (std::size_t i = 0; i < half; ++i) {
    const double energy = std::pow(double{bias[i]}, 2) + std::pow(double{bias[i + half]}, 2);
    if (energy <= mean) bias[i] = bias[i + half] = 0;
  }
}

/// Σ over the query heads of a kv head of the energy of each dimension.
std::vector<double> query_energies(const LayerSample& sample, std::uint32_t kv_head) {
  const Architecture& a = sample.architecture;
  std::vector<double> sum(a.head_dim);
  const std::vector<float> zero(a.head_dim, 0.0F);
  for (std::uint32_t h = 0; h < a.heads_per_kv(); ++h) {
    const auto one =
        energies(sample.captured.queries, a.heads, kv_head * a.heads_per_kv() + h, zero);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += one[i] / a.heads_per_kv();
  }
  return sum;
}

/// √(rms(q)/rms(k)), equal for both halves of a rotary pair, with a geometric mean of one.
std::vector<float> equalizing_scales(const LayerSample& sample, std::uint32_t kv_head,
                                     const std::vector<float>& bias) {
  const Architecture& a = sample.architecture;
  const std::size_t half = sample.rotary_frequencies.size();
  std::vector<double> keys = energies(sample.captured.keys, a.kv_heads, kv_head, bias);
  std::vector<double> queries = query_energies(sample, kv_head);
  for (std::size_t i = 0; i < half; ++i) {
    keys[i] = keys[i + half] = keys[i] + keys[i + half];
    queries[i] = queries[i + half] = queries[i] + queries[i + half];
  }
  std::vector<double> logs(a.head_dim);
  double mean = 0;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const bool known = keys[i] > 0 && queries[i] > 0;
    logs[i] = known ? 0.25 * std::log(queries[i] / keys[i]) : 0.0;
    mean += logs[i] / static_cast<double>(logs.size());
  }
  std::vector<float> scales(a.head_dim);
  for (std::size_t i = 0; i < scales.size(); ++i) {
    scales[i] = static_cast<float>(std::exp(std::clamp(logs[i] - mean, -std::log(8), std::log(8))));
  }
  return scales;
}

}  // namespace

KeyNumbers key_numbers(const LayerSample& sample, std::uint32_t kv_head, bool bias, bool scales) {
  const std::uint32_t d = sample.architecture.head_dim;
  KeyNumbers numbers{std::vector<float>(d, 0.0F), std::vector<float>(d, 1.0F)};
  if (bias) {
    numbers.bias = mean_key(sample, kv_head);
    keep_large_pairs(sample, kv_head, numbers.bias);
  }
  if (scales) numbers.scales = equalizing_scales(sample, kv_head, numbers.bias);
  return numbers;
}

}  // namespace ringlet::convert
