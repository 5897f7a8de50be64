// The caller's memory, cut up as a plan says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ringlet/memory_plan.hpp"

namespace ringlet {

/// Looks sections of a plan up in the memory that was checked to be large enough and aligned for
/// it.
class Arena {
 public:
  Arena() = default;
  Arena(std::span<std::byte> memory, const MemoryPlan& plan) noexcept
      : memory_(memory), plan_(&plan) {}

  /// The bytes of a section; empty when the plan has none of that name.
  [[nodiscard]] std::span<std::byte> bytes(const char* name) const noexcept {
    const Section* section = plan_->find(name);
    if (section == nullptr) return {};
    return memory_.subspan(static_cast<std::size_t>(section->offset),
                           static_cast<std::size_t>(section->bytes));
  }

  /// The same as elements of a type whose every bit pattern is a value.
  template <typename T>
  [[nodiscard]] T* array(const char* name) const noexcept {
    return reinterpret_cast<T*>(bytes(name).data());
  }

 private:
  std::span<std::byte> memory_;
  const MemoryPlan* plan_ = nullptr;
};

}  // namespace ringlet
