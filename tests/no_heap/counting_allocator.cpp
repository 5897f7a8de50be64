#include "no_heap/counting_allocator.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>

// What glibc calls its own functions.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* pointer, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* pointer);
}

namespace {

std::atomic<bool> armed{false};
std::atomic<std::uint64_t> calls_while_armed{0};

void note() noexcept {
  if (armed.load(std::memory_order_relaxed)) calls_while_armed.fetch_add(1);
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) noexcept {
  note();
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  note();
  return __libc_calloc(count, size);
}
void* realloc(void* pointer, std::size_t size) noexcept {
  note();
  return __libc_realloc(pointer, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  note();
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  note();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) noexcept {
  note();
  *out = __libc_memalign(alignment, size);
  return *out == nullptr ? ENOMEM : 0;
}
void free(void* pointer) noexcept {
  note();
  __libc_free(pointer);
}

}  // extern "C"

namespace ringlet::test {

HeapWatch::HeapWatch() noexcept {
  calls_while_armed = 0;
  armed = true;
}
HeapWatch::~HeapWatch() { armed = false; }
std::uint64_t HeapWatch::calls() const noexcept { return calls_while_armed; }

}  // namespace ringlet::test
