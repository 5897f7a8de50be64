// Importer of llama2.c checkpoints: legacy, version 1 (both float) and version 2 (INT8 in groups).
#pragma once

#include <cstdint>
#include <filesystem>

#include "source_model.hpp"

namespace ringlet::convert {

struct Llama2cImport {
  SourceModel model;             // without tokenizer and licence, which a checkpoint does not have
  std::uint32_t group_size = 0;  // of a version 2 source; 0 when its weights are floats
};

/// Maps the checkpoint, checks its header and size, and describes its tensors; weights are read
/// when `read_row` is called, and the mapping lives as long as the returned model or any copy of
/// it. Rows of wq and wk, interleaved in the source, come out in half-split order. Throws
/// std::runtime_error in one sentence that begins with the file's name.
Llama2cImport import_llama2c(const std::filesystem::path& path);

}  // namespace ringlet::convert
