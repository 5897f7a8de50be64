// Sampling defaults of a Hugging Face folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ringlet/model.hpp"

namespace ringlet::convert {

/// Reads generation_config.json in a folder. The file contains only differences from Transformers'
/// defaults (GenerationConfig). If it contains any sampling setting, the others are those defaults:
/// temperature 1, the 50 most likely tokens. `do_sample: false` is temperature 0. If it contains
/// none, or is absent, the runtime's defaults apply. Values outside their range and methods that
/// the sampler does not have are omitted, each with a line in `notes`. Throws std::runtime_error
/// with a field that has the wrong type.
SamplingDefaults read_generation_config(const std::filesystem::path& folder,
                                        std::vector<std::string>& notes);

}  // namespace ringlet::convert
