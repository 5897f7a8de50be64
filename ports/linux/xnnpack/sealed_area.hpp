// The memory of XNNPACK: a bump allocator over one part of a session's memory, which the library is
// given while operators are created, and which nothing can be taken from afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

struct xnn_allocator;

namespace ringlet::port {

/// Takes from the front of `memory`; nothing is ever given back.
class SealedArea {
 public:
  SealedArea() = default;
  explicit SealedArea(std::span<std::byte> memory) noexcept : memory_(memory) {}

  /// Bytes aligned to a power of two, or null where the area is sealed or has not as many.
  [[nodiscard]] void* take(std::size_t bytes, std::size_t alignment = 64) noexcept;

  /// From now on take() refuses.
  void seal() noexcept { sealed_ = true; }

  struct Counters {
    std::size_t used = 0;           // bytes, with what alignment skipped
    std::uint64_t taken = 0;        // times that take() succeeded
    std::uint64_t refused = 0;      // times that it did not
    std::size_t first_refused = 0;  // bytes that the first of these asked for
  };
  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

 private:
  std::span<std::byte> memory_;
  bool sealed_ = false;
  Counters counters_;
};

/// The library has one allocator for the whole process. It serves the area of the one LendArea that
/// is alive; while there is none every request is refused and counted.
class LendArea {
 public:
  /// Waits until no other thread lends.
  explicit LendArea(SealedArea& area) noexcept;
  LendArea(const LendArea&) = delete;
  LendArea& operator=(const LendArea&) = delete;
  ~LendArea();

  /// What xnn_initialize takes.
  [[nodiscard]] static const xnn_allocator& allocator() noexcept;

  /// Requests of the library in this process while no area was lent: zero, or it allocates after
  /// creation.
  [[nodiscard]] static std::uint64_t late_requests() noexcept;
};

}  // namespace ringlet::port
