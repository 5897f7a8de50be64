// The memory for log-probabilities, which the RAM number includes.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace ringlet::serve {

/// Counts bytes that replies reserve while they exist. Any thread can call it.
class RecordRoom {
 public:
  explicit RecordRoom(std::uint64_t bytes) : bytes_(bytes) {}

  /// Some bytes of a room, until the end of the object.
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&& other) noexcept
        : room_(std::exchange(other.room_, nullptr)), bytes_(other.bytes_) {}
    Lease& operator=(Lease&& other) noexcept {
      std::swap(room_, other.room_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Lease() {
      if (room_ != nullptr) room_->taken_ -= bytes_;
    }

    /// Whether it has its bytes.
    explicit operator bool() const noexcept { return room_ != nullptr; }

   private:
    friend class RecordRoom;
    Lease(RecordRoom* room, std::uint64_t bytes) : room_(room), bytes_(bytes) {}

    RecordRoom* room_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  /// Reserves bytes; an empty lease if not so many are free.
  [[nodiscard]] Lease lease(std::uint64_t bytes) {
    std::uint64_t taken = taken_;
    do {
      if (bytes > bytes_ - taken) return {};
    } while (!taken_.compare_exchange_weak(taken, taken + bytes));
    return {this, bytes};
  }

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  const std::uint64_t bytes_;
  std::atomic<std::uint64_t> taken_{0};
};

}  // namespace ringlet::serve
