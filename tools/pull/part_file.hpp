// The bytes of a file that have arrived so far.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "pull/checksum.hpp"
#include "ringlet/linux/files.hpp"

namespace ringlet::pull {

/// A file that grows at its end. Functions throw port::Failure.
class PartFile {
 public:
  /// Opens or creates the file. Beyond `most` bytes it holds something else, and starts anew.
  PartFile(std::string path, std::uint64_t most);

  [[nodiscard]] std::uint64_t size() const { return size_; }

  void append(std::string_view piece);

  /// Throws everything away.
  void restart();

  /// Computes the checksum of everything that is there, and of what arrives from now on.
  /// read(bytes) is called while the file is read.
  void start_hashing(ChecksumKind kind, std::uint64_t bytes,
                     const std::function<void(std::uint64_t)>& read);

  /// The checksum of the whole file. Needs start_hashing().
  [[nodiscard]] std::string digits();

  // The ETag of the answer that the bytes came from, which is kept beside the file.
  [[nodiscard]] std::string etag() const;
  void set_etag(const std::string& etag);

  /// Gives the file its final name, and forgets its ETag.
  void rename_to(const std::string& path);

 private:
  [[nodiscard]] std::string etag_path() const { return path_ + ".etag"; }

  std::string path_;
  std::uint64_t most_;
  port::Descriptor file_;
  std::uint64_t size_ = 0;
  ChecksumKind kind_ = ChecksumKind::sha256;
  std::optional<Hasher> hasher_;
};

}  // namespace ringlet::pull
