// The tensors of a model file in their canonical order, with the shapes that the architecture
// demands.
#pragma once

#include <cstdint>

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
  std::uint32_t rows = 0;     // expected; of a vector its length
  std::uint32_t columns = 0;  // expected; of a vector 1
};

/// Calls visit(context, tensor) for every tensor in the order of the planes in the data segment:
/// embedding, positions, the layers, final_norm, head. Those that a model may lack are left out
/// where it does. Stops at the first failure and returns it.
Status for_each_tensor(const schema::Model& model, const Architecture& a,
                       Status (*visit)(void* context, const TensorRef& tensor), void* context);

/// The same with anything that can be called with a TensorRef.
template <typename Visit>
Status for_each_tensor(const schema::Model& model, const Architecture& a, Visit visit) {
  const auto call = [](void* context, const TensorRef& tensor) -> Status {
    return (*static_cast<Visit*>(context))(tensor);
  };
  return for_each_tensor(model, a, call, &visit);
}

}  // namespace ringlet
