// What quantization costs: two models predict the same text.
#pragma once

#include <cstdint>
#include <functional>

#include "calibrate/calibration_text.hpp"
#include "ringlet/model.hpp"
#include "ringlet/team.hpp"

namespace ringlet::convert {

struct ModelComparison {
  std::uint64_t tokens = 0;  // that were predicted
  double exact_perplexity = 0;
  double other_perplexity = 0;
  double divergence = 0;      // mean KL(exact ‖ other) of a prediction, nats
  double standard_error = 0;  // of that mean, windows being the independent samples
};

/// Both models read each window in a session with an unquantized cache. `progress` gets the number
/// of tokens read. Throws std::runtime_error if a model cannot run, or if nothing is predicted.
[[nodiscard]] ModelComparison compare_models(
    const Model& exact, const Model& other, const Team& team, const CalibrationText& text,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress = {});

}  // namespace ringlet::convert
