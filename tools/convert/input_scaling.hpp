// Activation-aware scaling (Lin et al., AWQ, 2024): columns that meet large inputs are made larger
// before rounding, and what comes before gives smaller inputs in return. The model computes the
// same.
#pragma once

#include "calibration.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

struct QuantizationOptions {
  bool scale = true;       // columns, by this file
  bool compensate = true;  // rounding errors, by compensation.hpp
};

/// Prepares every layer's matrices for INT4: chooses the scales of the inputs of attention, of the
/// feed-forward and of w_down (where there is a gate), each as a power of the mean input that
/// leaves the least error over a sample of rows; folds them into norms and w_up; and attaches to
/// every matrix what is known of its inputs. `calibration` must outlive `source`.
void use_calibration(SourceModel& source, const std::shared_ptr<Calibration>& calibration,
                     QuantizationOptions options);

/// Without a text: the mean square of what leaves a norm is taken to be the square of its gain (and
/// bias), for the matrices that come after one.
void use_norm_gains(SourceModel& source);

}  // namespace ringlet::convert
