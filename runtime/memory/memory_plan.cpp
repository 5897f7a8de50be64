#include "ringlet/memory_plan.hpp"

#include <algorithm>

namespace ringlet {
namespace {

bool equal(const char* a, const char* b) noexcept {
  for (; *a != '\0' && *a == *b; ++a, ++b) {
  }
  return *a == *b;
}

constexpr std::uint64_t rounded_up(std::uint64_t bytes) {
  return (bytes + MemoryPlan::alignment - 1) / MemoryPlan::alignment * MemoryPlan::alignment;
}

}  // namespace

const Section* MemoryPlan::find(const char* name) const noexcept {
  for (const Section& section : sections()) {
    if (equal(section.name, name)) return &section;
  }
  return nullptr;
}

Result<std::uint64_t> MemoryPlan::add(const char* name, std::uint64_t bytes,
                                      std::uint8_t first_step, std::uint8_t last_step) noexcept {
  if (count_ == max_sections) {
    return Status(ErrorCode::unsupported, name, "the memory plan has no room for another section");
  }
  // Half of the address space bounds every sum below.
  if (bytes > (std::uint64_t{1} << 62) || total_ > (std::uint64_t{1} << 62)) {
    return Status(ErrorCode::out_of_range, name, "the size does not fit into any memory");
  }
  Section section{name, 0, rounded_up(bytes), first_step, last_step};
  // Each pass moves the candidate past one section in its way; the offset only grows.
  for (bool moved = true; moved;) {
    moved = false;
    for (const Section& other : sections()) {
      const bool overlaps = section.offset < other.offset + other.bytes &&
                            other.offset < section.offset + section.bytes;
      if (overlaps && section.alive_with(other)) {
        section.offset = other.offset + other.bytes;
        moved = true;
      }
    }
  }
  sections_[count_++] = section;
  total_ = std::max(total_, section.offset + section.bytes);
  return section.offset;
}

}  // namespace ringlet
