// The memory of XNNPACK: a bump allocator over a part of a session's memory. It is lent to the
// library while operators are created; afterwards nothing can be allocated from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

struct xnn_allocator;

namespace ringlet::port {

/// Allocates from the front of `memory`. Nothing is ever freed.
class SealedArea {
 public:
  SealedArea() = default;
  explicit SealedArea(std::span<std::byte> memory) noexcept : memory_(memory) {}

  /// Returns bytes aligned to a power of two, or null if the area is sealed or too small.
  [[nodiscard]] void* take(std::size_t bytes, std::size_t alignment = 64) noexcept;

  /// Makes take() refuse from now on.
  void seal() noexcept { sealed_ = true; }

  struct Counters {
    std::size_t used = 0;           // bytes, including alignment
    std::uint64_t taken = 0;        // successful calls of take()
    std::uint64_t refused = 0;      // refused calls
    std::size_t first_refused = 0;  // bytes of the first refused call
  };
  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

 private:
  std::span<std::byte> memory_;
  bool sealed_ = false;
  Counters counters_;
};

/// Lends an area to the library, which has one allocator for the whole process. The allocator
/// serves the one LendArea that is alive; without one, every request is refused and counted.
class LendArea {
 public:
  /// Waits until no other thread lends an area.
  explicit LendArea(SealedArea& area) noexcept;
  LendArea(const LendArea&) = delete;
  LendArea& operator=(const LendArea&) = delete;
  ~LendArea();

  /// The argument of xnn_initialize.
  [[nodiscard]] static const xnn_allocator& allocator() noexcept;

  /// Number of requests in this process while no area was lent. If it is not zero, the library
  /// allocates after creation.
  [[nodiscard]] static std::uint64_t late_requests() noexcept;
};

}  // namespace ringlet::port
