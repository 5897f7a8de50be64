#include "predictions.hpp"

#include <algorithm>
#include <cmath>

namespace ringlet::port {
namespace {

double log_sum_exp(std::span<const float> logits) {
  const double highest = double{*std::max_element(logits.begin(), logits.end())};
  double sum = 0;
  for (const float logit : logits) sum += std::exp(double{logit} - highest);
  return highest + std::log(sum);
}

}  // namespace

void log_softmax(std::span<const float> logits, std::vector<double>& out) {
  const double shift = log_sum_exp(logits);
  out.resize(logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) out[i] = double{logits[i]} - shift;
}

std::size_t likeliest(std::span<const double> log_probabilities) {
  return static_cast<std::size_t>(
      std::max_element(log_probabilities.begin(), log_probabilities.end()) -
      log_probabilities.begin());
}

double divergence(std::span<const double> p, std::span<const double> q) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += std::exp(p[i]) * (p[i] - q[i]);
  return std::max(sum, 0.0);  // rounding can leave slightly less than zero
}

double negative_log_likelihood(std::span<const float> logits, std::size_t index) {
  return log_sum_exp(logits) - double{logits[index]};
}

}  // namespace ringlet::port
