// Writes to a stream from front to back, with zeros in the gaps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>

namespace ringlet::convert {

class FileWriter {
 public:
  /// `out` must be empty and outlive the writer.
  explicit FileWriter(std::ostream& out) : out_(out) {}

  /// Writes zeros up to `offset` of the file, which must not be before the current end.
  void pad_to(std::uint64_t offset);

  void append(std::span<const std::byte> bytes);

  /// Replaces the beginning of the file.
  void overwrite_beginning(std::span<const std::byte> bytes);

  [[nodiscard]] std::uint64_t end() const { return end_; }

 private:
  /// Throws std::runtime_error with the system's reason if the stream has failed.
  void check() const;

  std::ostream& out_;
  std::uint64_t end_ = 0;
};

/// Opens a file for writing from its beginning, and tries again if a signal interrupts. On failure
/// the stream has failed and errno is set.
void open_for_writing(std::ofstream& stream, const std::string& path);

/// Closes a file. Throws std::runtime_error, naming `what` was written, if bytes were lost.
void close_written(std::ofstream& stream, const std::string& what);

}  // namespace ringlet::convert
