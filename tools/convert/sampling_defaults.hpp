// How a source's author wants its tokens to be drawn, as the file's sampling defaults.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gguf.hpp"
#include "ringlet/model.hpp"

namespace ringlet::convert {

/// What generation_config.json in a folder says. It holds what differs from Transformers' defaults
/// (GenerationConfig), so where it says anything about drawing tokens, the rest is those: all of
/// the distribution at temperature 1, of its 50 likeliest. `do_sample: false` is temperature 0.
/// Where it says nothing, or is absent, the runtime's defaults stay. A value outside its range is
/// left out, and so is a method that the sampler does not have; a line in `notes` names each.
/// Throws std::runtime_error naming a field that is not of its type.
SamplingDefaults read_generation_config(const std::filesystem::path& folder,
                                        std::vector<std::string>& notes);

/// The same for a GGUF file's keys "general.sampling.*"; each that is there counts by itself.
SamplingDefaults read_gguf_sampling(const GgufMetadata& metadata, std::vector<std::string>& notes);

}  // namespace ringlet::convert
