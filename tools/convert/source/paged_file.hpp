// A file as a span of bytes, with little of it in memory at a time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "ringlet/linux/files.hpp"

namespace ringlet::convert {

/// A read-only mapping that lasts as long as this object.
class PagedFile {
 public:
  /// Throws port::Failure with the file and the reason if it cannot be mapped, or if it is the text
  /// that a repository's clone contains instead of a large file (foreign_file.hpp). It is one of
  /// `files` files that are read together and share the allowance of note_read.
  explicit PagedFile(const std::filesystem::path& path, std::size_t files = 1);

  [[nodiscard]] std::span<const std::byte> bytes() const { return file_.bytes(); }

  /// Counts bytes that have been read. After every 64 MiB (divided by the number of files), returns
  /// all pages to the system, which reads them again when they are touched. Memory thus stays
  /// bounded for files of any size and number. Spans remain valid.
  void note_read(std::size_t bytes) const;

 private:
  port::MappedFile file_;
  std::size_t most_kept_;
  mutable std::size_t read_ = 0;
};

}  // namespace ringlet::convert
