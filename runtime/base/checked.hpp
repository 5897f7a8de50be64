// Arithmetic on sizes from untrusted input: a result, or the fact that it overflowed.
#pragma once

#include <cstdint>

namespace ringlet {

/// A 64-bit unsigned number that remembers whether any step of its computation overflowed.
class Checked {
 public:
  constexpr Checked(std::uint64_t value) noexcept : value_(value) {}  // NOLINT: implicit by design

  [[nodiscard]] constexpr bool valid() const noexcept { return valid_; }
  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }

  friend constexpr Checked operator+(Checked a, Checked b) noexcept {
    Checked sum(a.value_ + b.value_);
    sum.valid_ = a.valid_ && b.valid_ && sum.value_ >= a.value_;
    return sum;
  }
  friend constexpr Checked operator*(Checked a, Checked b) noexcept {
    Checked product(a.value_ * b.value_);
    product.valid_ =
        a.valid_ && b.valid_ && (a.value_ == 0 || product.value_ / a.value_ == b.value_);
    return product;
  }
  /// The next multiple of `unit`, which must be a power of two.
  [[nodiscard]] constexpr Checked rounded_up(std::uint64_t unit) const noexcept {
    Checked sum = *this + Checked(unit - 1);
    sum.value_ &= ~(unit - 1);
    return sum;
  }

 private:
  std::uint64_t value_;
  bool valid_ = true;
};

}  // namespace ringlet
