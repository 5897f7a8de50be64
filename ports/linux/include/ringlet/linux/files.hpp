// Memory from the operating system: a model file mapped in place, and the memory of a session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ringlet::port {

/// Pages from mmap, unmapped by the destructor. Move-only.
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

  /// Gives up the pages without unmapping them.
  void release() noexcept { address_ = nullptr; }

 private:
  void* address_ = nullptr;
  std::size_t size_ = 0;
};

/// A file descriptor, closed by the destructor. Move-only.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_ = -1;
};

/// A file mapped read-only. Pages are loaded when they are first touched and are shared between
/// processes. The file must not be truncated while it is mapped: reading a missing page raises
/// SIGBUS.
class MappedFile {
 public:
  enum class Reading : std::uint8_t {
    often,  // all of it repeatedly, like a model: preload pages, use huge ones
    once,   // part by part, like the source of a conversion
  };

  /// Throws Failure with the file and the reason if it is missing, a folder, empty, not a regular
  /// file, not readable, or larger than the address space.
  explicit MappedFile(const std::string& path, Reading reading = Reading::often);

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return mapping_.bytes(); }

  /// Returns all pages to the system, which reads them again when they are touched. Spans remain
  /// valid. Only for a file that is read once.
  void forget_pages() const noexcept;

  /// The mapping and the file, for WeightsCopy.
  [[nodiscard]] std::span<std::byte> pages() const noexcept { return mapping_.bytes(); }
  [[nodiscard]] int descriptor() const noexcept { return file_.number(); }

 private:
  Descriptor file_;
  Mapping mapping_;
};

/// Returns zeroed memory for a session, aligned to a page, which is more than
/// MemoryPlan::alignment. Throws Failure if the system cannot provide it.
[[nodiscard]] Mapping map_session_memory(std::uint64_t bytes);

}  // namespace ringlet::port
