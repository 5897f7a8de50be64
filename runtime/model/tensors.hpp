// The tensors in a model file, in the order of the table, with the shapes that the architecture
// requires.
#pragma once

#include <cstdint>

#include "model/tensor_table.hpp"
#include "ringlet/architecture.hpp"
#include "ringlet/status.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {

/// One tensor: a matrix or a vector, never both.
struct TensorRef {
  const char* name = "";    // static text: "layers.wq"
  std::int64_t layer = -1;  // −1 outside the layers
  const schema::Matrix* matrix = nullptr;
  const schema::Vector* vector = nullptr;
  std::uint32_t rows = 0;     // expected; for a vector, its length
  std::uint32_t columns = 0;  // expected; for a vector, 1
  bool is_decay = false;      // how fast a state fades, which is never positive
  bool is_table = false;      // only looked up, so that it is stored by rows
};

/// Calls visit(user_data, tensor) for every tensor in the order of the planes in the data segment:
/// embedding, positions, the layers, final_norm, lm_head. Skips absent optional tensors. Stops at
/// the first failure and returns it.
Status for_each_tensor(const schema::Model& model, const Architecture& a,
                       Status (*visit)(void* user_data, const TensorRef& tensor), void* user_data);

/// The same, for any callable that takes a TensorRef.
template <typename Visit>
Status for_each_tensor(const schema::Model& model, const Architecture& a, Visit visit) {
  const auto call = [](void* user_data, const TensorRef& tensor) -> Status {
    return (*static_cast<Visit*>(user_data))(tensor);
  };
  return for_each_tensor(model, a, call, &visit);
}

}  // namespace ringlet
