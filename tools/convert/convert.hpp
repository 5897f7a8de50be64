// One conversion from a source on disk to a model file on disk: what the program does.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cache_fit/choose.hpp"
#include "input_scaling.hpp"
#include "random_shape.hpp"
#include "write_model.hpp"

namespace ringlet::convert {

struct ConvertOptions {
  std::filesystem::path source;       // not read when `random` is set
  std::optional<RandomShape> random;  // makes the model instead
  std::filesystem::path output;
  WriteOptions formats;
  std::optional<std::filesystem::path> tokenizer;  // empty: what is beside the source
  bool no_tokenizer = false;
  std::vector<std::string> ignored_settings;  // of config.json or GGUF, by their full names
  std::string name;                           // empty: the source's own
  std::string licence;
  CacheOptions cache;
  bool norm_importance = false;                      // use_norm_gains, without a calibration text
  std::optional<std::filesystem::path> calibration;  // a text
  std::uint32_t calibration_tokens = 4096;           // at most so many of it
  QuantizationOptions calibrated;                    // what is done with it
  std::optional<std::filesystem::path> perplexity;   // a text to measure both models on
  bool quiet = false;
  bool verbose = false;
  bool json = false;
};

/// Imports; where the cache is to be fitted writes a draft and has it tell itself a text (see
/// cache_fit/calibrate.hpp); writes to a temporary file, verifies it with the runtime and renames
/// it. Reports on standard error, and with `json` one document on standard output. Throws
/// std::runtime_error with one sentence; then no file has been created or changed.
void convert(const ConvertOptions& options);

}  // namespace ringlet::convert
