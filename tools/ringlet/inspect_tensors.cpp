#include "inspect_report.hpp"

namespace ringlet::cli {

std::string full_name(const TensorInfo& tensor) {
  std::string name = tensor.name;
  if (tensor.layer >= 0) name.insert(name.find('.') + 1, std::to_string(tensor.layer) + ".");
  return name;
}

std::vector<TensorInfo> all_tensors(const Model& model) {
  std::vector<TensorInfo> tensors;
  list_tensors(model, [&tensors](const TensorInfo& tensor) { tensors.push_back(tensor); });
  return tensors;
}

TensorTotals sum_up(const std::vector<TensorInfo>& tensors) {
  TensorTotals totals;
  for (const TensorInfo& tensor : tensors) {
    const std::uint64_t parameters = std::uint64_t{tensor.rows} * tensor.columns;
    totals.parameters += parameters;
    if (!tensor.is_matrix) continue;
    totals.matrix_parameters += parameters;
    totals.matrix_bytes += tensor.bytes();
  }
  return totals;
}

double TensorTotals::bits_per_weight() const {
  if (matrix_parameters == 0) return 0;
  return 8.0 * static_cast<double>(matrix_bytes) / static_cast<double>(matrix_parameters);
}

}  // namespace ringlet::cli
