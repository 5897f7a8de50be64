// The inputs of the first layer.
#pragma once

#include "calibrate/calibration_text.hpp"
#include "calibrate/row_file.hpp"
#include "source/source_model.hpp"
#include "write/write_options.hpp"

namespace ringlet::convert {

/// Writes one row for each token: its embedding, scaled as the model does, plus the position that
/// the model has learned, if any. `exact` gets those of the source, `quantized` those of the final
/// file.
void embed_text(const SourceModel& source, const WriteOptions& formats, const CalibrationText& text,
                const RowFile& exact, const RowFile& quantized);

}  // namespace ringlet::convert
