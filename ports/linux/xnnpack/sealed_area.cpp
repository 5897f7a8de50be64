#include "xnnpack/sealed_area.hpp"

#include <xnnpack.h>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace ringlet::port {
namespace {

std::mutex lending;
SealedArea* lent = nullptr;  // guarded by `lending`, except in the lending thread
std::atomic<std::uint64_t> late{0};

void* take(std::size_t bytes, std::size_t alignment) noexcept {
  if (lent != nullptr) return lent->take(bytes, alignment);
  late.fetch_add(1, std::memory_order_relaxed);
  return nullptr;
}

// The library never grows a block while it creates operators, and an area could not.
void* refuse_to_grow(void*, void* pointer, std::size_t bytes) {
  if (pointer == nullptr) return take(bytes, 64);
  late.fetch_add(1, std::memory_order_relaxed);
  return nullptr;
}

constexpr xnn_allocator hooks = {
    .context = nullptr,
    .allocate = [](void*, std::size_t bytes) { return take(bytes, 64); },
    .reallocate = refuse_to_grow,
    .deallocate = [](void*, void*) {},
    .aligned_allocate =
        [](void*, std::size_t alignment, std::size_t bytes) {
          return take(bytes, std::max(alignment, std::size_t{64}));
        },
    .aligned_deallocate = [](void*, void*) {},
};

}  // namespace

void* SealedArea::take(std::size_t bytes, std::size_t alignment) noexcept {
  const auto base = reinterpret_cast<std::uintptr_t>(memory_.data());
  const std::uintptr_t begin = (base + counters_.used + alignment - 1) / alignment * alignment;
  const std::size_t offset = begin - base;
  if (sealed_ || offset > memory_.size() || bytes > memory_.size() - offset) {
    if (counters_.refused++ == 0) counters_.first_refused = bytes;
    return nullptr;
  }
  counters_.used = offset + bytes;
  ++counters_.taken;
  return memory_.data() + offset;
}

LendArea::LendArea(SealedArea& area) noexcept {
  lending.lock();
  lent = &area;
}

LendArea::~LendArea() {
  lent = nullptr;
  lending.unlock();
}

const xnn_allocator& LendArea::allocator() noexcept { return hooks; }

std::uint64_t LendArea::late_requests() noexcept { return late.load(std::memory_order_relaxed); }

}  // namespace ringlet::port
