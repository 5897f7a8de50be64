// From what is known of a model and the tensors of its source to a SourceModel.
#pragma once

#include "model_shape.hpp"
#include "tensor_store.hpp"

namespace ringlet::convert {

/// Takes every tensor that the shape asks for. `name` and `source` describe the model as
/// SourceModel wants it. Throws std::runtime_error, naming the tensor, when one is missing, has
/// another shape, is stored in a type that cannot be read, or is left over.
SourceModel collect_tensors(const ModelShape& shape, TensorStore& store, std::string name,
                            std::string source);

}  // namespace ringlet::convert
