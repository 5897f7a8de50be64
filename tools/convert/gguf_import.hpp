// Importer of GGUF files.
#pragma once

#include <filesystem>
#include <memory>

#include "gguf.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// A model without tokenizer, and the metadata, in which the tokenizer is described.
struct GgufImport {
  SourceModel model;
  std::shared_ptr<const GgufMetadata> metadata;
};

/// Reads metadata and describes the tensors; weights are read when `read_row` is called. Matrices
/// whose codes one of our formats holds (CodedBlock) hand them over too, so that nothing is lost
/// there. Throws std::runtime_error in one sentence that names the file and the key or tensor at
/// fault; keys in `ignored` count as absent where nobody reads them.
GgufImport import_gguf(const std::filesystem::path& path, IgnoredSettings* ignored = nullptr);

}  // namespace ringlet::convert
