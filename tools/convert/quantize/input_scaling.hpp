// Activation-aware scaling (Lin et al., AWQ, 2024): columns with large inputs are scaled up before
// rounding, and the preceding operation scales their inputs down. The model computes the same
// function.
#pragma once

#include "quantize/calibration.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

struct QuantizationOptions {
  bool scale = true;       // columns, as in this file
  bool compensate = true;  // rounding errors, as in compensation.hpp
};

/// Prepares every layer's matrices for INT4. Chooses scales for the inputs of attention, of the
/// feed-forward block and of w_down (if there is a gate): the power of the mean input with the
/// smallest error over a sample of rows. Folds them into norms and w_up, and attaches knowledge of
/// its inputs to every matrix. `calibration` must outlive `source`.
void use_calibration(SourceModel& source, const std::shared_ptr<Calibration>& calibration,
                     QuantizationOptions options);

/// Without a text: assumes that the mean square of a norm's output is the square of its gain (and
/// bias), for the matrices after a norm.
void use_norm_gains(SourceModel& source);

}  // namespace ringlet::convert
