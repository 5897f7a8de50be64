// Importer of Hugging Face folders: config.json and safetensors, in one file or in shards.
#pragma once

#include <filesystem>

#include "source/source_model.hpp"
#include "source/unread_settings.hpp"

namespace ringlet::convert {

/// Reads the settings and describes the tensors of a folder; weights are read by `read_row`. The
/// model has no tokenizer and license. Throws std::runtime_error with one sentence that names the
/// file and the field or tensor at fault. Settings in `ignored` count as absent if nobody reads
/// them.
SourceModel import_huggingface(const std::filesystem::path& folder,
                               IgnoredSettings* ignored = nullptr);

}  // namespace ringlet::convert
