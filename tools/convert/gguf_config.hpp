// The metadata of a GGUF file: which family a model is of, and its shape.
#pragma once

#include "gguf.hpp"
#include "model_shape.hpp"

namespace ringlet::convert {

/// Reads the settings of one of the supported families; `store` has the tensors, of which some
/// (factors of the rotary embedding) are settings and taken, and whose presence tells which biases
/// and heads there are. Throws std::runtime_error, naming file and key, when a value is malformed,
/// when the family is not supported, or when a setting asks for something that the runtime does
/// not do, or could ask for it and is unknown and not `ignored`.
ModelShape read_gguf_config(const GgufMetadata& metadata, TensorStore& store,
                            IgnoredSettings* ignored = nullptr);

}  // namespace ringlet::convert
