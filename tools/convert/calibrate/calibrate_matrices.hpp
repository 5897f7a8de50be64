// Calibrates the matrices that read one input.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "calibrate/input_gram.hpp"
#include "calibrate/int4_planes.hpp"
#include "calibrate/workers.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// Called after each part of the work with the number of weights that it calibrated, by one thread
/// at a time.
using WeightsDone = std::function<void(std::uint64_t)>;

/// Returns each matrix in INT4, so that with the quantized inputs it comes near what it gave with
/// the exact ones. The same with any number of threads. Throws std::runtime_error for a weight that
/// is not finite.
[[nodiscard]] std::vector<Int4Planes> calibrate_matrices(
    Workers& workers, const PairedInputs& inputs, std::span<const SourceMatrix* const> matrices,
    const WeightsDone& done = {});

}  // namespace ringlet::convert
