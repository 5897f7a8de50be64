// Reads the family and shape of a model from the metadata of a GGUF file.
#pragma once

#include <string>
#include <vector>

#include "source/gguf/gguf.hpp"
#include "source/model_shape.hpp"

namespace ringlet::convert {

/// Reads the settings of one of the supported families. `store` contains the tensors. Some of them
/// are settings (factors of the rotary embedding) and are taken; the presence of others tells which
/// biases and heads exist. Throws std::runtime_error with file and key if a value is malformed, the
/// family is not supported, or a setting requires something that the runtime does not do, or is
/// unknown, could require it and is not `ignored`.
ModelShape read_gguf_config(const GgufMetadata& metadata, TensorStore& store,
                            IgnoredSettings* ignored = nullptr);

/// The general.architecture of each family that has a reader.
std::vector<std::string> gguf_family_names();

}  // namespace ringlet::convert
