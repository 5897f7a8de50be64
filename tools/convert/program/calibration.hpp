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
  enum class Text : std::uint8_t { none, own, file };
  Text text = Text::none;
  std::filesystem::path file;
  std::string separator = "<|endoftext|>";
  std::uint32_t tokens = 0;  // most to read; 0: 32,768, or 4,096 for large models
  std::optional<std::filesystem::path> state;
};

/// Calibrates the source if the options say so. Returns the state that it refers to, or null.
std::shared_ptr<StateFile> calibrate_source(SourceModel& source, const ConvertOptions& options);

/// Compares a written model with its source on the text of the options.
[[nodiscard]] ModelComparison measure_loss(const SourceModel& source,
                                           const std::filesystem::path& converted,
                                           const ConvertOptions& options);

}  // namespace ringlet::convert
