// Compensating the error of quantized weights: what rounding one weight of a row has done to the
// output is made up for by the weights that are rounded after it (Frantar et al., GPTQ, 2023).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quantize.hpp"

namespace ringlet::convert {

/// The factor for inputs with this Gram matrix Σ x·xᵀ (n × n, row-major, symmetric): the upper
/// triangular U with Uᵀ·U = (gram + damping)⁻¹, where damping is a hundredth of the mean of the
/// diagonal. Row-major; below the diagonal it is zero. Deterministic.
std::vector<float> compensation_factor(std::vector<double> gram, std::size_t n);

/// Quantizes one row to INT4, group by group from the left. Each group gets the scale that
/// quantize_int4 finds for what it then is; after each weight its error is spread over those to its
/// right by the factor. `row` has whole groups and is overwritten; `factor` has as many rows and
/// columns as there are real weights in the row, `importance` one entry for each of the row. Errors
/// in the result are against the row as it was.
std::vector<QuantizedGroup> quantize_compensated(std::span<float> row,
                                                 std::span<const float> importance,
                                                 std::span<const float> factor, std::size_t n);

}  // namespace ringlet::convert
