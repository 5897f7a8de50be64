// Reads the family and shape of a model from the config.json of a Hugging Face folder.
#pragma once

#include "source/json_file.hpp"
#include "source/model_shape.hpp"

namespace ringlet::convert {

/// Reads the settings of one of the supported families, with the defaults of the family's published
/// implementation for absent fields. Throws std::runtime_error with the file and the field if a
/// field is malformed, the family is not supported, or a setting requires something that the
/// runtime does not do.
ModelShape read_hf_config(const JsonField& config);

/// Names of the families as in config.json, for display.
std::string supported_hf_families();

}  // namespace ringlet::convert
