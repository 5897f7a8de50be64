#include "calibrate/row_file.hpp"

#include <unistd.h>

#include <cerrno>

#include "retry.hpp"
#include "ringlet/linux/failure.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {

void read_at(int descriptor, std::uint64_t offset, std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t moved = port::retry([&] {
      return ::pread(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    });
    if (moved < 0) throw port::system_failure("the calibration's file", "cannot be read", errno);
    if (moved == 0) fail("the calibration's file was shortened while it was in use");
    bytes = bytes.subspan(static_cast<std::size_t>(moved));
    offset += static_cast<std::uint64_t>(moved);
  }
}

void write_at(int descriptor, std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t moved = port::retry([&] {
      return ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    });
    if (moved < 0) throw port::system_failure("the calibration's file", "cannot be written", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(moved));
    offset += static_cast<std::uint64_t>(moved);
  }
}

void RowFile::read(std::size_t first, std::span<float> rows) const {
  read_at(descriptor_, offset_ + std::uint64_t{first} * columns_ * sizeof(float),
          std::as_writable_bytes(rows));
}

void RowFile::write(std::size_t first, std::span<const float> rows) const {
  write_at(descriptor_, offset_ + std::uint64_t{first} * columns_ * sizeof(float),
           std::as_bytes(rows));
}

}  // namespace ringlet::convert
