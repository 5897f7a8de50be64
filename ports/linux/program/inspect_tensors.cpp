#include <string_view>

#include "inspect_report.hpp"
#include "model/tensors.hpp"

namespace ringlet::cli {
namespace {

/// "layers.wk" of layer 3 → "layers.3.wk".
std::string full_name(const TensorRef& tensor) {
  std::string name = tensor.name;
  if (tensor.layer >= 0) name.insert(name.find('.') + 1, std::to_string(tensor.layer) + ".");
  return name;
}

TensorRow describe(const TensorRef& tensor) {
  TensorRow row;
  row.name = full_name(tensor);
  if (tensor.vector != nullptr) {
    row.format = name_of(MatrixFormat::f32);
    row.rows = tensor.vector->length();
    row.bytes = tensor.vector->size();
    row.codes_crc32c = tensor.vector->crc32c();
    return row;
  }
  const schema::Matrix& matrix = *tensor.matrix;
  row.format = name_of(static_cast<MatrixFormat>(matrix.format()));
  row.rows = matrix.rows();
  row.columns = matrix.columns();
  row.bytes = matrix.codes_size() + matrix.scales_size();
  row.codes_crc32c = matrix.codes_crc32c();
  row.scales_crc32c = matrix.scales_crc32c();
  row.has_scales = matrix.scales_size() > 0;
  row.error = matrix.error();
  return row;
}

}  // namespace

std::vector<TensorRow> list_tensors(const Model& model) {
  std::vector<TensorRow> rows;
  // The visitor never fails, so neither does the visit.
  [[maybe_unused]] const Status status =
      for_each_tensor(*model.tables(), model.architecture(), [&rows](const TensorRef& tensor) {
        rows.push_back(describe(tensor));
        return Status();
      });
  return rows;
}

TensorTotals sum_up(const std::vector<TensorRow>& tensors) {
  TensorTotals totals;
  for (const TensorRow& tensor : tensors) {
    totals.parameters += tensor.rows * tensor.columns;
    if (tensor.columns == 1) continue;
    totals.matrix_parameters += tensor.rows * tensor.columns;
    totals.matrix_bytes += tensor.bytes;
  }
  return totals;
}

double TensorTotals::bits_per_weight() const {
  if (matrix_parameters == 0) return 0;
  return 8.0 * static_cast<double>(matrix_bytes) / static_cast<double>(matrix_parameters);
}

}  // namespace ringlet::cli
