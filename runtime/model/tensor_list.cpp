#include "ringlet/tensor_list.hpp"

#include "model/tensors.hpp"

namespace ringlet {
namespace {

TensorInfo info_of(const TensorRef& tensor) noexcept {
  TensorInfo info{.name = tensor.name, .layer = tensor.layer};
  if (tensor.vector != nullptr) {
    info.rows = tensor.vector->length();
    info.codes_bytes = tensor.vector->size();
    info.codes_crc32c = tensor.vector->crc32c();
    return info;
  }
  const schema::Matrix& matrix = *tensor.matrix;
  info.format = static_cast<MatrixFormat>(matrix.format());
  info.rows = matrix.rows();
  info.columns = matrix.columns();
  info.is_matrix = true;
  info.codes_bytes = matrix.codes_size();
  info.scales_bytes = matrix.scales_size();
  info.codes_crc32c = matrix.codes_crc32c();
  info.scales_crc32c = matrix.scales_crc32c();
  info.error = matrix.error();
  return info;
}

}  // namespace

void list_tensors(const Model& model, void (*visit)(void* user_data, const TensorInfo& tensor),
                  void* user_data) noexcept {
  // The visitor never fails, so neither does the iteration.
  [[maybe_unused]] const Status status =
      for_each_tensor(*model.tables(), model.architecture(), [&](const TensorRef& tensor) {
        visit(user_data, info_of(tensor));
        return Status();
      });
}

}  // namespace ringlet
