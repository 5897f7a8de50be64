// A file as a span of bytes, read page by page as it is touched.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace ringlet::convert {

/// A read-only mapping that lasts as long as this object.
class MappedFile {
 public:
  /// Throws std::runtime_error, naming the file and the reason, when it cannot be opened, is not a
  /// regular file, or is empty.
  /// It is one of `files` files that are read side by side and share what note_read allows.
  explicit MappedFile(const std::filesystem::path& path, std::size_t files = 1);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

  /// Counts bytes that have been read, and after every 64 MiB of them (divided by the number of
  /// files) gives all pages back to the system, which reads them again when they are touched:
  /// memory stays bounded however large and many the files are. Spans stay valid.
  void note_read(std::size_t bytes) const;

 private:
  std::span<const std::byte> bytes_;
  std::size_t most_kept_;
  mutable std::size_t read_ = 0;
};

}  // namespace ringlet::convert
