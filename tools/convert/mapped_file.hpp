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
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace ringlet::convert
