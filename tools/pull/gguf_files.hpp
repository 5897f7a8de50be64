// The GGUF files of a repository, by the tags that llama.cpp and Ollama know them by.
#pragma once

#include <string>
#include <vector>

#include "pull/repository.hpp"
#include "pull/source_name.hpp"

namespace ringlet::pull {

/// A model in one file, or in parts "NAME-00001-of-00003.gguf".
struct GgufFile {
  std::string path;  // of the file or the first part
  std::string stem;  // its name without folder, part and ".gguf"
  std::string tag;   // the end of the stem: "Q4_0", "F16"; empty if it has none
  std::vector<RemoteFile> parts;
};

/// All models; projectors and importance matrices are none. A model whose parts are not all there
/// is left out.
[[nodiscard]] std::vector<GgufFile> gguf_files(const Repository& repository);

/// The one that `name` names by its path or its tag, in any capitals. Throws port::Failure, listing
/// what there is, if there is none or more than one. `repository` begins messages.
[[nodiscard]] const GgufFile& find_gguf(const std::vector<GgufFile>& files,
                                        const std::string& repository, const SourceName& name);

/// The names to give to `ringlet pull`, with sizes.
[[nodiscard]] std::string list_of(const std::vector<GgufFile>& files,
                                  const std::string& repository);

}  // namespace ringlet::pull
