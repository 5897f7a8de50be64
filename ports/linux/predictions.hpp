// What a model predicts, and how far two predictions lie apart: in double precision, for reports.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ringlet::port {

/// Logits as logarithms of probabilities.
void log_softmax(std::span<const float> logits, std::vector<double>& out);

/// Of what log_softmax gave; the first of equals.
[[nodiscard]] std::size_t likeliest(std::span<const double> log_probabilities);

/// KL(p ‖ q) in nats, of what log_softmax gave.
[[nodiscard]] double divergence(std::span<const double> p, std::span<const double> q);

/// Of entry `index` after softmax, in nats.
[[nodiscard]] double negative_log_likelihood(std::span<const float> logits, std::size_t index);

}  // namespace ringlet::port
