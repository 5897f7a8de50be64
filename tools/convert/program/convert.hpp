// One conversion from a source on disk to a model file on disk.
#pragma once

#include <filesystem>
#include <optional>

#include "cache_fit/choose.hpp"
#include "import/import_source.hpp"
#include "quantize/input_scaling.hpp"
#include "write/write_model.hpp"

namespace ringlet::convert {

struct ConvertOptions : ImportOptions {
  std::filesystem::path output;
  WriteOptions formats;
  CacheOptions cache;
  bool norm_importance = false;  // call use_norm_gains if there is no calibration text
  std::optional<std::filesystem::path> calibration;  // path of a text
  std::uint32_t calibration_tokens = 4096;           // maximum number of its tokens
  QuantizationOptions calibrated;                    // how the calibration is used
  std::optional<std::filesystem::path> perplexity;   // path of a text to measure both models on
  bool outline = false;                              // write what a plan needs, without weights
  bool verbose = false;
  bool json = false;
};

/// Imports the source. To fit the cache, writes a draft and lets it generate text (see
/// cache_fit/calibrate.hpp). Writes to a temporary file, verifies it with the runtime and renames
/// it. Reports on standard error and, with `json`, prints one document on standard output. Throws
/// std::runtime_error with one sentence; then no file has been created or changed.
void convert(const ConvertOptions& options);

/// Throws std::runtime_error if the output would overwrite the source.
void check_output(const ConvertOptions& options);

}  // namespace ringlet::convert
