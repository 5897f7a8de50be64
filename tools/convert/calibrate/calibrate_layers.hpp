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

/// Whether the source has floats for all matrices that a calibration fits.
[[nodiscard]] bool calibrates_floats(const SourceModel& source, const WriteOptions& formats);

/// The most columns of a matrix that a calibration fits; 0 without any.
[[nodiscard]] std::uint32_t widest_calibrated(const SourceModel& source,
                                              const WriteOptions& formats);

/// The number of weights that a calibration fits, from a layer on.
[[nodiscard]] std::uint64_t calibrated_weights(const SourceModel& source,
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
