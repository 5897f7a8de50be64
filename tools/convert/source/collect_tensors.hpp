// Builds a SourceModel from the shape of a model and the tensors of its source.
#pragma once

#include "source/model_shape.hpp"
#include "source/tensor_store.hpp"

namespace ringlet::convert {

/// Takes every tensor that the shape requires. `name` and `source` are those of SourceModel. Throws
/// std::runtime_error with the tensor if one is missing, has another shape, has an unreadable type,
/// or is left over.
SourceModel collect_tensors(const ModelShape& shape, TensorStore& store, std::string name,
                            std::string source);

}  // namespace ringlet::convert
