// What the hub says about a repository.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pull/checksum.hpp"

namespace ringlet::pull {

struct RemoteFile {
  std::string path;  // in the repository, with '/' between folders
  std::uint64_t bytes = 0;
  Checksum checksum{};

  /// The path without folders.
  [[nodiscard]] std::string name() const { return path.substr(path.rfind('/') + 1); }
};

struct Repository {
  std::string id;         // "owner/name", as the hub writes it
  std::string commit;     // which the revision is now
  std::string licence{};  // "apache-2.0"; empty: not given
  std::vector<RemoteFile> files{};

  /// The file at this path; null if there is none.
  [[nodiscard]] const RemoteFile* find(std::string_view path) const;
};

/// The most bytes of an answer of the API.
inline constexpr std::size_t most_listing_bytes = std::size_t{1} << 25;

/// Reads the answer to /api/models/OWNER/NAME/revision/REVISION?blobs=true. `name` begins messages.
/// Files whose paths have a name that a local file cannot have are left out, as are those without a
/// checksum. Throws port::Failure if the text is something else.
[[nodiscard]] Repository read_repository(std::string_view text, const std::string& name);

/// Whether a file from elsewhere can be stored under this name: no folder, nothing hidden, visible
/// ASCII.
[[nodiscard]] bool is_file_name(std::string_view name);

}  // namespace ringlet::pull
