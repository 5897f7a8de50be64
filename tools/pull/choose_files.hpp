// Which files of a repository the converter needs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pull/repository.hpp"
#include "pull/source_name.hpp"

namespace ringlet::pull {

struct FileChoice {
  std::vector<RemoteFile> small;    // settings, tokenizer, the index of shards
  std::vector<RemoteFile> weights;  // one safetensors or GGUF file, or several parts
  std::string tag{};                // of a GGUF file: "Q4_0", or its name if it has none
  bool is_sharded = false;          // add_shards() completes the weights

  [[nodiscard]] bool is_gguf() const { return !tag.empty(); }

  /// How `ringlet pull` names this choice again: "owner/name", or with ":Q4_0".
  [[nodiscard]] std::string source(const Repository& repository) const;

  /// What the converter takes, once all files are in `folder`.
  [[nodiscard]] std::string converter_source(const std::string& folder) const;

  [[nodiscard]] std::uint64_t bytes() const;
};

/// Chooses the folder's model (config.json with safetensors), or the GGUF file that `name` names,
/// or the only one. Throws port::Failure if there is none, listing the GGUF files if there are
/// several.
[[nodiscard]] FileChoice choose_files(const Repository& repository, const SourceName& name);

/// Adds the shards that the text of model.safetensors.index.json names.
void add_shards(FileChoice& choice, const Repository& repository, std::string_view index);

}  // namespace ringlet::pull
