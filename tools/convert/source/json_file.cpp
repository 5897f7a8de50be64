#include "source/json_file.hpp"

#include "source/paged_file.hpp"

namespace ringlet::convert {

JsonDocument read_json(const std::filesystem::path& path, common::IgnoredSettings* ignored) {
  const PagedFile file(path);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                              file.bytes().size());
  return {text, path.string(), ignored};
}

}  // namespace ringlet::convert
