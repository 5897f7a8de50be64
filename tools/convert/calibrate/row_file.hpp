// Rows of floats in a file, so that the activations of a text take no memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ringlet::convert {

/// Reads and writes parts of an open file. They throw port::Failure, with the system's reason, if
/// not all bytes were moved.
void read_at(int descriptor, std::uint64_t offset, std::span<std::byte> bytes);
void write_at(int descriptor, std::uint64_t offset, std::span<const std::byte> bytes);

/// Rows of equal length in a part of an open file, in any order. Can be copied.
class RowFile {
 public:
  RowFile() = default;
  RowFile(int descriptor, std::uint64_t offset, std::size_t columns)
      : descriptor_(descriptor), offset_(offset), columns_(columns) {}

  [[nodiscard]] std::size_t columns() const { return columns_; }

  /// Moves rows from `first` on; the number of floats is a multiple of the columns.
  void read(std::size_t first, std::span<float> rows) const;
  void write(std::size_t first, std::span<const float> rows) const;

 private:
  int descriptor_ = -1;
  std::uint64_t offset_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace ringlet::convert
