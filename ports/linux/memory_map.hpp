// Memory from the kernel: a model file read in place, and the one block that a session lives in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ringlet::port {

/// Pages obtained from mmap, given back when the object goes. Move-only.
class Mapping {
 public:
  Mapping() = default;
  Mapping(void* address, std::size_t size) noexcept : address_(address), size_(size) {}
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  [[nodiscard]] std::span<std::byte> bytes() const noexcept {
    return {static_cast<std::byte*>(address_), size_};
  }

 private:
  void* address_ = nullptr;
  std::size_t size_ = 0;
};

/// A file in memory, read only. Pages come in when they are first touched and are shared between
/// processes. The file must not be shortened while it is mapped: reading what is gone raises
/// SIGBUS.
class MappedFile {
 public:
  /// Throws Failure naming the file and the reason: missing, a folder, empty, not a regular file,
  /// not readable, or larger than the address space.
  explicit MappedFile(const std::string& path);

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return mapping_.bytes(); }

 private:
  Mapping mapping_;
};

/// Zeroed memory for a session, aligned to a page (more than MemoryPlan::alignment). Throws Failure
/// when the system has not that much.
[[nodiscard]] Mapping map_session_memory(std::uint64_t bytes);

}  // namespace ringlet::port
