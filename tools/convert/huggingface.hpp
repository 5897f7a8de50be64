// Importer of Hugging Face folders: config.json and safetensors, in one file or in shards.
#pragma once

#include <filesystem>

#include "source_model.hpp"
#include "unread_settings.hpp"

namespace ringlet::convert {

/// Reads the settings and describes the tensors of a folder; weights are read when `read_row` is
/// called. The model comes without tokenizer and licence. Throws std::runtime_error in one sentence
/// that names the file and the field or tensor at fault; settings in `ignored` count as absent
/// where nobody reads them.
SourceModel import_huggingface(const std::filesystem::path& folder,
                               IgnoredSettings* ignored = nullptr);

}  // namespace ringlet::convert
