// Fits a model's INT4 matrices to a text, layer after layer: each to the inputs that it gets from
// the layers quantized before it, and to the outputs of the float model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "calibrate/calibration_text.hpp"
#include "calibrate/state_file.hpp"
#include "source/source_model.hpp"
#include "write/write_options.hpp"

namespace ringlet::convert {

struct CalibrationOptions {
  /// Keeps what is done in this file, and continues with it if it exists.
  std::optional<std::filesystem::path> state;
  std::filesystem::path folder;  // for temporary files
};

/// Called with the number of weights that this run has calibrated, and of those that it has to.
using CalibrationProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// The matrices that a calibration fits.
struct CalibrationScope {
  std::uint64_t weights = 0;
  std::uint32_t widest = 0;  // columns of a matrix
  bool are_floats = true;    // in the source
};

/// That of the layers from `first_layer` on.
[[nodiscard]] CalibrationScope calibration_scope(const SourceModel& source,
                                                 const WriteOptions& formats,
                                                 std::uint32_t first_layer = 0);

/// Calibrates `source` with formats.threads threads. Afterwards its INT4 matrices have the
/// calibrated codes as their own (stored_as); their rows still read as floats. Returns the file
/// that holds the codes, which `source` shares. The result depends on the source, the text and the
/// formats alone. Throws std::runtime_error or port::Failure.
std::shared_ptr<StateFile> calibrate_layers(SourceModel& source, const WriteOptions& formats,
                                            const CalibrationText& text,
                                            const CalibrationOptions& options,
                                            const CalibrationProgress& progress = {});

}  // namespace ringlet::convert
