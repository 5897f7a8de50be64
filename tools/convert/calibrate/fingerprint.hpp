// Tells conversions apart, so that none continues the calibration of another.
#pragma once

#include "base/sha256.hpp"
#include "calibrate/calibration_text.hpp"
#include "source/source_model.hpp"
#include "write/write_options.hpp"

namespace ringlet::convert {

/// A hash of the text, of the vectors, formats and shapes of all layers, and of one row of each
/// matrix: reading all weights would take as long as a conversion without calibration.
[[nodiscard]] Sha256Hash fingerprint_of(const SourceModel& source, const WriteOptions& formats,
                                        const CalibrationText& text);

}  // namespace ringlet::convert
