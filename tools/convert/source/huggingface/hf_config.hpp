// Reads the family and shape of a model from the config.json of a Hugging Face folder.
#pragma once

#include <string>
#include <vector>

#include "source/json_file.hpp"
#include "source/model_shape.hpp"

namespace ringlet::convert {

/// Reads the settings of one of the supported families, with the defaults of the family's published
/// implementation for absent fields. Throws std::runtime_error with the file and the field if a
/// field is malformed, the family is not supported, or a setting requires something that the
/// runtime does not do.
ModelShape read_hf_config(const JsonField& config);

/// The `model_type` of each family that has a reader; nanoGPT's configs have none.
std::vector<std::string> hf_family_names();

/// Throws std::runtime_error with the reason if "model_type" or "architectures" names one of the
/// families that are refused by name.
void refuse_by_name(const JsonField& config);

}  // namespace ringlet::convert
