// Imports the model to convert: weights, tokenizer and chat format from any kind of source.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "source/random/random_shape.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

struct ImportOptions {
  std::filesystem::path source;                    // not read if `random` is set
  std::optional<RandomShape> random;               // create a random model instead
  std::optional<std::filesystem::path> tokenizer;  // empty: the one next to the source
  bool no_tokenizer = false;
  std::string chat_template;                  // a file, or "none"; empty: the source's own
  std::vector<std::string> ignored_settings;  // of config.json or GGUF, by their full names
  std::string name;                           // empty: the source's own
  std::string licence;
  bool quiet = false;
};

/// Reads the source in the options, or creates a random model, and reports it on standard error
/// unless the options are quiet. Tensors can refer to the source's file, which stays mapped as long
/// as the model lives. Throws std::runtime_error with one sentence.
SourceModel import_source(const ImportOptions& options);

}  // namespace ringlet::convert
