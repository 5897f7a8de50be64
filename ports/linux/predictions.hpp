// Predictions of a model and distances between them, in double precision, for reports.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ringlet::port {

/// Converts logits to log-probabilities.
void log_softmax(std::span<const float> logits, std::vector<double>& out);

/// Index of the highest log-probability; the first one on ties.
[[nodiscard]] std::size_t likeliest(std::span<const double> log_probabilities);

/// KL(p ‖ q) in nats, for two results of log_softmax.
[[nodiscard]] double divergence(std::span<const double> p, std::span<const double> q);

/// Negative log-likelihood of entry `index` after softmax, in nats.
[[nodiscard]] double negative_log_likelihood(std::span<const float> logits, std::size_t index);

}  // namespace ringlet::port
