// The config.json of a Hugging Face folder: which family a model is of, and its shape.
#pragma once

#include "json.hpp"
#include "model_shape.hpp"

namespace ringlet::convert {

/// Reads the settings of one of the supported families, with the defaults that the family's
/// published implementation has for fields that are absent. Throws std::runtime_error, naming the
/// file and the field, when a field is malformed, when the family is not supported, or when a
/// setting asks for something that the runtime does not do.
ModelShape read_hf_config(const JsonField& config);

/// The families' names as config.json has them, for people.
std::string supported_hf_families();

}  // namespace ringlet::convert
