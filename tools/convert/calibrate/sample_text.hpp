// Text that a model writes itself, so that a calibration needs no file.
#pragma once

#include <cstdint>
#include <functional>

#include "calibrate/calibration_text.hpp"
#include "ringlet/model.hpp"
#include "ringlet/team.hpp"

namespace ringlet::convert {

/// How much a model writes.
struct SampledText {
  std::uint32_t tokens;  // about as many, in whole windows
  std::uint32_t window;  // most tokens of a text
};

/// Lets a model write texts, several at a time, drawn from its whole distribution with fixed seeds.
/// A text ends with the model's end of a text or with its window. `progress` gets the number of
/// tokens so far. The same with any number of threads. Throws std::runtime_error if the model
/// cannot run.
[[nodiscard]] CalibrationText sample_text(
    const Model& model, const Team& team, const SampledText& size,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress = {});

}  // namespace ringlet::convert
