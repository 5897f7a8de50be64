// Files of a repository in a local folder, complete and checked, or begun and continued.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "pull/hub.hpp"
#include "pull/part_file.hpp"
#include "pull/repository.hpp"

namespace ringlet::pull {

/// Called when bytes of a file have arrived or have been read again: how many of it there are.
using DownloadProgress = std::function<void(const RemoteFile& file, std::uint64_t bytes)>;

/// Downloads into one folder. A file has its own name only when it is complete and has the checksum
/// that the hub lists; until then it is NAME.CHECKSUM.part, which a later run continues. What
/// belongs to other contents of the same name is removed.
class Downloader {
 public:
  /// The folder must exist. The references must outlive the object.
  Downloader(Hub& hub, const Repository& repository, std::string folder, DownloadProgress progress);

  /// Completes a file. Throws port::Failure or Interrupted; what has arrived stays on disk.
  void fetch(const RemoteFile& file);

  /// Removes every file from the folder that is none of these, not even begun. Others could be of
  /// another commit or source, and the converter would read them.
  void remove_all_but(const std::vector<RemoteFile>& files) const;

  /// Makes sure that at least the first `bytes` of a file are on disk, unchecked. Returns the path.
  [[nodiscard]] std::string fetch_beginning(const RemoteFile& file, std::uint64_t bytes);

  /// The bytes of a file that are on disk.
  [[nodiscard]] std::uint64_t present(const RemoteFile& file) const;

  /// Where the file is once it is complete.
  [[nodiscard]] std::string path_of(const RemoteFile& file) const;

 private:
  [[nodiscard]] std::string part_path(const RemoteFile& file) const;
  [[nodiscard]] bool is_complete(const RemoteFile& file) const;
  void receive(const RemoteFile& file, PartFile& part, std::uint64_t until);
  std::optional<Trouble> attempt(const RemoteFile& file, PartFile& part, std::uint64_t until);
  void remove_others(const RemoteFile& file) const;

  Hub& hub_;
  const Repository& repository_;
  std::string folder_;
  DownloadProgress progress_;
};

}  // namespace ringlet::pull
