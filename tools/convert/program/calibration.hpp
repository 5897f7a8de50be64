// The part of a conversion that fits INT4 to a text, and the one that measures what INT4 costs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "calibrate/compare_models.hpp"
#include "calibrate/state_file.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

struct ConvertOptions;

/// Where the text of a calibration comes from, and how much of it is read.
struct CalibrationChoice {
  /// automatic: own, unless the weights are random, quantized, or too many to do that unasked.
  enum class Text : std::uint8_t { automatic, none, own, file };
  Text text = Text::automatic;
  std::filesystem::path file;
  std::string separator = "<|endoftext|>";
  std::uint32_t tokens = 0;  // most to read; 0: as the model's size wants
  std::optional<std::filesystem::path> state;
};

/// Calibrates the source if the options say so. Returns the state that it refers to, or null.
std::shared_ptr<StateFile> calibrate_source(SourceModel& source, const ConvertOptions& options);

/// Compares a written model with its source on the text of the options.
[[nodiscard]] ModelComparison measure_loss(const SourceModel& source,
                                           const std::filesystem::path& converted,
                                           const ConvertOptions& options);

}  // namespace ringlet::convert
