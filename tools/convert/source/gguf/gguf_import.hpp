// Importer of GGUF files.
#pragma once

#include <filesystem>
#include <memory>

#include "source/gguf/gguf.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// A model without tokenizer, and the metadata, which describes the tokenizer.
struct GgufImport {
  SourceModel model;
  std::shared_ptr<const GgufMetadata> metadata;
};

/// Reads metadata and describes the tensors; weights are read by `read_row`. Matrices whose codes
/// fit into one of the library's formats (CodedBlock) also provide the codes, so that nothing is
/// lost. Throws std::runtime_error with one sentence that names the file and the key or tensor at
/// fault. Keys in `ignored` count as absent if nobody reads them.
GgufImport import_gguf(const std::filesystem::path& path, IgnoredSettings* ignored = nullptr);

}  // namespace ringlet::convert
