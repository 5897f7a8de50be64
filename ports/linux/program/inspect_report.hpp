// What a model file says about itself.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "options.hpp"

namespace ringlet::cli {

/// One tensor of a model file. Vectors have one column and no scales.
struct TensorRow {
  std::string name;  // "layers.3.wk"
  std::string format;
  std::uint64_t rows = 0;
  std::uint64_t columns = 1;
  std::uint64_t bytes = 0;  // of codes and scales
  std::uint32_t codes_crc32c = 0;
  std::uint32_t scales_crc32c = 0;
  bool has_scales = false;
  float error = 0;  // relative root mean square
};

/// All tensors in the order of the file.
[[nodiscard]] std::vector<TensorRow> list_tensors(const Model& model);

/// Totals over the tensors.
struct TensorTotals {
  std::uint64_t parameters = 0;
  std::uint64_t matrix_parameters = 0;
  std::uint64_t matrix_bytes = 0;

  [[nodiscard]] double bits_per_weight() const;
};
[[nodiscard]] TensorTotals sum_up(const std::vector<TensorRow>& tensors);

/// The report for people, and the document that README.md describes.
[[nodiscard]] std::string inspect_text(const LoadedModel& model);
[[nodiscard]] nlohmann::ordered_json inspect_json(const LoadedModel& model);

}  // namespace ringlet::cli
