// The sections of a plan within the caller's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/features.hpp"
#include "ringlet/memory_plan.hpp"

namespace ringlet {

/// Finds sections of a plan in memory whose size and alignment have been checked.
class Arena {
 public:
  Arena() = default;
  Arena(std::span<std::byte> memory, const MemoryPlan& plan) noexcept
      : memory_(memory), plan_(&plan) {}

  /// The bytes of a section; empty if the plan does not contain it.
  [[nodiscard]] std::span<std::byte> bytes(SectionId id) const noexcept {
    const Section* section = plan_->find(id);
    if (section == nullptr) return {};
    return memory_.subspan(static_cast<std::size_t>(section->offset),
                           static_cast<std::size_t>(section->bytes));
  }

  /// Part `index` of `count` equal parts of a section. In a build without pools there is one.
  [[nodiscard]] std::span<std::byte> part(SectionId id, std::size_t index,
                                          std::size_t count) const noexcept {
    const std::span<std::byte> section = bytes(id);
    if (!features::pool) return section;
    const std::size_t size = section.size() / count;
    return section.subspan(index * size, size);
  }

  /// The section as an array of T, for which every bit pattern must be a value.
  template <typename T>
  [[nodiscard]] T* array(SectionId id) const noexcept {
    return reinterpret_cast<T*>(bytes(id).data());
  }

 private:
  std::span<std::byte> memory_;
  const MemoryPlan* plan_ = nullptr;
};

}  // namespace ringlet
