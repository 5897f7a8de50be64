// Re-targeting: the weights that give, on the inputs of the quantized model, what the float model
// gives on its own. (GPTAQ, Li et al. 2025, and Qronos, Zhang et al. 2025, do the same.)
#pragma once

#include <vector>

#include "calibrate/input_gram.hpp"
#include "calibrate/workers.hpp"

namespace ringlet::convert {

/// Returns the matrix D, of the size of gram.squares, with which W' = W + W·D minimizes
/// ‖W'·X̃ᵀ − W·Xᵀ‖² + λ‖W' − W‖²: D = (X − X̃)ᵀX̃ · (X̃ᵀX̃ + λ)⁻¹, where λ is 5 % of the mean diagonal.
/// Transposed: row j has what all columns give to column j. Overwrites gram.shifts.
[[nodiscard]] std::vector<float> retargeting(Workers& workers, InputGram& gram);

}  // namespace ringlet::convert
