// Importer of llama2.c checkpoints: legacy, version 1 (both float) and version 2 (INT8 in groups).
#pragma once

#include <cstdint>
#include <filesystem>

#include "source/source_model.hpp"

namespace ringlet::convert {

struct Llama2cImport {
  SourceModel model;  // without tokenizer and license, which a checkpoint does not contain
  std::uint32_t group_size = 0;  // of a version 2 source; 0 for floats
};

/// Maps the checkpoint, checks its header and size, and describes its tensors; weights are read by
/// `read_row`. The mapping lives as long as the returned model or any copy of it. Rows of wq and
/// wk, which are interleaved in the source, are returned in half-split order. Throws
/// std::runtime_error with one sentence that begins with the file's name.
Llama2cImport import_llama2c(const std::filesystem::path& path);

}  // namespace ringlet::convert
