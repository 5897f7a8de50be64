// One conversion from a source on disk to a model file on disk.
#pragma once

#include <filesystem>
#include <optional>

#include "cache_fit/choose.hpp"
#include "calibration.hpp"
#include "import/import_source.hpp"
#include "write/write_model.hpp"

namespace ringlet::convert {

struct ConvertOptions : ImportOptions {
  std::filesystem::path output;
  WriteOptions formats;
  CacheOptions cache;
  CalibrationChoice calibration;
  std::optional<std::filesystem::path> perplexity;  // path of a text to measure both models on
  bool outline = false;                             // write what a plan needs, without weights
  bool verbose = false;
  bool json = false;
};

/// Imports the source. To fit the cache, writes a draft and lets it generate text (see
/// cache_fit/calibrate.hpp). Writes to a temporary file, verifies it with the runtime and renames
/// it. Reports on standard error and, with `json`, prints one document on standard output. Throws
/// std::runtime_error with one sentence; then no file has been created or changed.
void convert(const ConvertOptions& options);

/// The number of threads that run a model of this size: threads of a small model would mostly wait.
[[nodiscard]] std::uint32_t threads_for(const SourceModel& source, const ConvertOptions& options);

/// Throws std::runtime_error if the output would overwrite the source.
void check_output(const ConvertOptions& options);

}  // namespace ringlet::convert
