// Reports about a model file.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "options.hpp"
#include "ringlet/tensor_list.hpp"

namespace ringlet::cli {

/// The name with the number of the layer: "layers.3.wk".
[[nodiscard]] std::string full_name(const TensorInfo& tensor);

/// All tensors, in the order of the file.
[[nodiscard]] std::vector<TensorInfo> all_tensors(const Model& model);

/// Totals over the tensors.
struct TensorTotals {
  std::uint64_t parameters = 0;
  std::uint64_t matrix_parameters = 0;
  std::uint64_t matrix_bytes = 0;

  [[nodiscard]] double bits_per_weight() const;
};
[[nodiscard]] TensorTotals sum_up(const std::vector<TensorInfo>& tensors);

/// The report for people, and the JSON described in README.md.
[[nodiscard]] std::string inspect_text(const LoadedModel& model);
[[nodiscard]] nlohmann::ordered_json inspect_json(const LoadedModel& model);

}  // namespace ringlet::cli
