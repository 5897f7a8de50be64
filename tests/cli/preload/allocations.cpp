// A library for LD_PRELOAD that makes one allocation of the program fail, or all from a given one
// on.
//
//   RINGLET_FAIL_ALLOCATION=N: the N-th fails, counted from 1 and from the start of main.
//   RINGLET_FAIL_ALLOCATIONS=N: the N-th and all after it fail.
//   RINGLET_COUNT_ALLOCATIONS=FILE: their number is appended to FILE when the program ends.
#include <dlfcn.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>

#include "report.hpp"

// What glibc calls its own functions.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* pointer, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

using Main = int (*)(int, char**, char**);

std::atomic<unsigned long> calls{0};
std::atomic<bool> counting{false};
unsigned long only = 0;
unsigned long first = 0;
Main real_main = nullptr;

bool fails() noexcept {
  if (!counting.load(std::memory_order_relaxed)) return false;
  const unsigned long call = calls.fetch_add(1) + 1;
  if (call != only && (first == 0 || call < first)) return false;
  errno = ENOMEM;
  return true;
}

int counted_main(int argc, char** argv, char** environment) {
  only = ringlet::test::setting("RINGLET_FAIL_ALLOCATION");
  first = ringlet::test::setting("RINGLET_FAIL_ALLOCATIONS");
  counting = true;
  const int status = real_main(argc, argv, environment);
  counting = false;
  char line[24];
  std::snprintf(line, sizeof line, "%lu", calls.load());
  ringlet::test::append_line("RINGLET_COUNT_ALLOCATIONS", line);
  return status;
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) noexcept { return fails() ? nullptr : __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) noexcept {
  return fails() ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* pointer, std::size_t size) noexcept {
  return fails() ? nullptr : __libc_realloc(pointer, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return fails() ? nullptr : __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return fails() ? nullptr : __libc_memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) noexcept {
  if (fails()) return ENOMEM;
  *out = __libc_memalign(alignment, size);
  return *out == nullptr ? ENOMEM : 0;
}

/// Before main, nobody in the program can report an error.
int __libc_start_main(Main main, int argc, char** argv, void (*init)(), void (*fini)(),
                      void (*rtld_fini)(), void* stack_end) {
  real_main = main;
  using Start = int (*)(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
  const auto start = reinterpret_cast<Start>(dlsym(RTLD_NEXT, "__libc_start_main"));
  return start(counted_main, argc, argv, init, fini, rtld_fini, stack_end);
}

}  // extern "C"
