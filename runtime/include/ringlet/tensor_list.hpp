// The tensors of a model file: for reports.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

#include "ringlet/formats.hpp"
#include "ringlet/model.hpp"

namespace ringlet {

/// A tensor as the tables describe it. Vectors are f32, have one column and no scales.
struct TensorInfo {
  const char* name = "";    // static text: "layers.wq"
  std::int64_t layer = -1;  // −1 outside the layers
  MatrixFormat format = MatrixFormat::f32;
  std::uint32_t rows = 0;
  std::uint32_t columns = 1;
  bool is_matrix = false;
  std::uint64_t codes_bytes = 0;
  std::uint64_t scales_bytes = 0;  // 0: no scales
  std::uint32_t codes_crc32c = 0;
  std::uint32_t scales_crc32c = 0;
  float error = 0;  // of quantization: its root mean square over that of the weights

  [[nodiscard]] constexpr std::uint64_t bytes() const noexcept {
    return codes_bytes + scales_bytes;
  }
};

/// Calls visit(user_data, tensor) for every tensor, in the order of the file. A model that ties its
/// output projection to the embedding has no "lm_head".
void list_tensors(const Model& model, void (*visit)(void* user_data, const TensorInfo& tensor),
                  void* user_data) noexcept;

/// The same with anything that can be called with a TensorInfo.
template <typename Visit>
void list_tensors(const Model& model, Visit visit) {
  const auto call = [](void* user_data, const TensorInfo& tensor) {
    (*static_cast<Visit*>(user_data))(tensor);
  };
  list_tensors(model, call, &visit);
}

}  // namespace ringlet
