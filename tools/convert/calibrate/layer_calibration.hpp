// Calibrates one layer: runs it in the float model and, stage by stage, in the quantized one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "calibrate/calibrate_matrices.hpp"
#include "calibrate/calibration_text.hpp"
#include "calibrate/state_file.hpp"
#include "calibrate/token_inputs.hpp"
#include "calibrate/workers.hpp"
#include "source/source_model.hpp"
#include "write/write_options.hpp"

namespace ringlet::convert {

/// The layers whose caches others read, in their order.
[[nodiscard]] std::vector<std::uint32_t> lenders(const SourceModel& source);

class LayerCalibration {
 public:
  /// The arguments must outlive the object; temporary files go into `folder`.
  LayerCalibration(const SourceModel& source, const WriteOptions& formats,
                   const CalibrationText& text, const std::filesystem::path& folder,
                   StateFile& state, const WeightsDone& done);

  /// Calibrates the layer after the finished ones, and records in the state that it is finished.
  /// `first` is the place of its first matrix there. Returns that of the next layer.
  std::size_t run(std::uint32_t index, std::size_t first);

 private:
  struct Surroundings;
  class InputFiles;

  [[nodiscard]] std::uint32_t rows() const;
  void run_exact(std::uint32_t index, const InputFiles& files);
  [[nodiscard]] Surroundings surroundings_of(std::uint32_t index, bool quantized) const;

  const SourceModel& source_;
  const WriteOptions& formats_;
  const CalibrationText& text_;
  std::filesystem::path folder_;
  StateFile& state_;
  const WeightsDone& done_;
  Workers workers_;
  std::vector<std::uint32_t> lenders_;
  std::uint32_t context_;  // the longest window
  std::optional<TokenInputs> token_inputs_;
};

}  // namespace ringlet::convert
