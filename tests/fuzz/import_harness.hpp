// The part that the fuzz targets of the converter's sources share.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "fuzz/target.hpp"
#include "source/source_model.hpp"

namespace ringlet::test {

/// A file in memory, for importers that want a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::span<const std::byte> bytes);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] std::string path() const;

 private:
  int descriptor_;
};

/// Runs an importer. The only exception that it can throw is a std::runtime_error in one line,
/// which is the refusal; anything else (no memory, a length out of range) ends the program as a
/// fault.
Outcome outcome_of(const std::function<void()>& import);

/// Imports a source of any kind with its tokenizer and chat format, as the program does.
convert::SourceModel import_all(const std::filesystem::path& source);

/// Converts what was imported, opens the result and decodes with it. Large models are left alone.
/// Throws std::runtime_error where the result is not usable.
void convert_and_decode(const convert::SourceModel& model);

}  // namespace ringlet::test
