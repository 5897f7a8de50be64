// Sampling defaults of a GGUF file.
#pragma once

#include <string>
#include <vector>

#include "ringlet/model.hpp"
#include "source/gguf/gguf.hpp"

namespace ringlet::convert {

/// Reads the keys "general.sampling.*", each independently. A value outside its range is omitted
/// with a line in `notes`. Throws std::runtime_error with a key that is not a number.
SamplingDefaults read_gguf_sampling(const GgufMetadata& metadata, std::vector<std::string>& notes);

}  // namespace ringlet::convert
