// A library for LD_PRELOAD that makes one system call of the program fail, or do half of its work.
//
//   RINGLET_FAIL_CALL=N: the N-th call, counted from 1 and from the start of main.
//   RINGLET_FAIL_WITH=E: fails with that errno; 0: reads or writes half of the requested bytes.
//   RINGLET_TRACE_CALLS=FILE: appends a line per call to FILE, with its name and its subject.
//
// A failing call is not executed, except close and fclose, as on Linux.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>

#include "report.hpp"

namespace {

using Main = int (*)(int, char**, char**);

enum class Fate : int { works, fails, does_half };

std::atomic<unsigned long> calls{0};
std::atomic<bool> counting{false};
unsigned long chosen = 0;
int failure = 0;
Main real_main = nullptr;

/// The function that the program would have called.
template <typename Function>
Function* real(const char* name) noexcept {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void trace(const char* name, const char* subject) noexcept {
  char line[512];
  std::snprintf(line, sizeof line, "%s %s", name, subject);
  ringlet::test::append_line("RINGLET_TRACE_CALLS", line);
}

/// What becomes of the next call; errno is set where it fails.
Fate fate_of(const char* name, const char* subject) noexcept {
  if (!counting.load(std::memory_order_relaxed)) return Fate::works;
  trace(name, subject);
  if (calls.fetch_add(1) + 1 != chosen) return Fate::works;
  if (failure == 0) return Fate::does_half;
  errno = failure;
  return Fate::fails;
}

Fate fate_of(const char* name, int descriptor) noexcept {
  char subject[16];
  std::snprintf(subject, sizeof subject, "%d", descriptor);
  return fate_of(name, subject);
}

bool fails(const char* name, const char* subject) noexcept {
  return fate_of(name, subject) == Fate::fails;
}

bool fails(const char* name, int descriptor) noexcept {
  return fate_of(name, descriptor) == Fate::fails;
}

/// A call that may do half of its work: `call` is given the size to do.
template <typename Call>
ssize_t transfer(const char* name, int descriptor, std::size_t size, Call call) noexcept {
  switch (fate_of(name, descriptor)) {
    case Fate::fails:
      return -1;
    case Fate::does_half:
      return call((size + 1) / 2);
    case Fate::works:
      break;
  }
  return call(size);
}

int counted_main(int argc, char** argv, char** environment) {
  chosen = ringlet::test::setting("RINGLET_FAIL_CALL");
  failure = static_cast<int>(ringlet::test::setting("RINGLET_FAIL_WITH"));
  counting = true;
  const int status = real_main(argc, argv, environment);
  counting = false;
  return status;
}

mode_t mode_in(int flags, va_list arguments) noexcept {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_in(flags, arguments);
  va_end(arguments);
  if (fails("open", path)) return -1;
  return real<int(const char*, int, ...)>("open")(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_in(flags, arguments);
  va_end(arguments);
  if (fails("openat", path)) return -1;
  return real<int(int, const char*, int, ...)>("openat")(folder, path, flags, mode);
}

FILE* fopen64(const char* path, const char* mode) {
  if (fails("fopen", path)) return nullptr;
  return real<FILE*(const char*, const char*)>("fopen64")(path, mode);
}

int close(int descriptor) {
  const Fate fate = fate_of("close", descriptor);
  const int result = real<int(int)>("close")(descriptor);
  if (fate != Fate::fails) return result;
  errno = failure;
  return -1;
}

int fclose(FILE* file) {
  const Fate fate = fate_of("fclose", fileno(file));
  const int result = real<int(FILE*)>("fclose")(file);
  if (fate != Fate::fails) return result;
  errno = failure;
  return EOF;
}

int fflush(FILE* file) {
  if (file != nullptr && fails("fflush", fileno(file))) return EOF;
  return real<int(FILE*)>("fflush")(file);
}

std::size_t fwrite(const void* data, std::size_t size, std::size_t count, FILE* file) {
  if (fails("fwrite", fileno(file))) return 0;
  return real<std::size_t(const void*, std::size_t, std::size_t, FILE*)>("fwrite")(data, size,
                                                                                   count, file);
}

ssize_t read(int descriptor, void* out, std::size_t size) {
  return transfer("read", descriptor, size, [&](std::size_t part) {
    return real<ssize_t(int, void*, std::size_t)>("read")(descriptor, out, part);
  });
}

ssize_t write(int descriptor, const void* data, std::size_t size) {
  return transfer("write", descriptor, size, [&](std::size_t part) {
    return real<ssize_t(int, const void*, std::size_t)>("write")(descriptor, data, part);
  });
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  switch (fate_of("writev", descriptor)) {
    case Fate::fails:
      return -1;
    case Fate::does_half:
      return real<ssize_t(int, const void*, std::size_t)>("write")(descriptor, parts[0].iov_base,
                                                                   (parts[0].iov_len + 1) / 2);
    case Fate::works:
      break;
  }
  return real<ssize_t(int, const iovec*, int)>("writev")(descriptor, parts, count);
}

ssize_t pread(int descriptor, void* out, std::size_t size, off_t offset) {
  return transfer("pread", descriptor, size, [&](std::size_t part) {
    return real<ssize_t(int, void*, std::size_t, off_t)>("pread")(descriptor, out, part, offset);
  });
}

ssize_t pwrite(int descriptor, const void* data, std::size_t size, off_t offset) {
  return transfer("pwrite", descriptor, size, [&](std::size_t part) {
    return real<ssize_t(int, const void*, std::size_t, off_t)>("pwrite")(descriptor, data, part,
                                                                         offset);
  });
}

off64_t lseek64(int descriptor, off64_t offset, int from) noexcept {
  if (fails("lseek", descriptor)) return -1;
  return real<off64_t(int, off64_t, int)>("lseek64")(descriptor, offset, from);
}

int fsync(int descriptor) {
  return fails("fsync", descriptor) ? -1 : real<int(int)>("fsync")(descriptor);
}

int ftruncate(int descriptor, off_t size) noexcept {
  return fails("ftruncate", descriptor) ? -1 : real<int(int, off_t)>("ftruncate")(descriptor, size);
}

int rename(const char* from, const char* to) noexcept {
  return fails("rename", from) ? -1 : real<int(const char*, const char*)>("rename")(from, to);
}

int unlink(const char* path) noexcept {
  return fails("unlink", path) ? -1 : real<int(const char*)>("unlink")(path);
}

int flock(int descriptor, int operation) noexcept {
  return fails("flock", descriptor) ? -1 : real<int(int, int)>("flock")(descriptor, operation);
}

int stat(const char* path, struct stat* out) noexcept {
  return fails("stat", path) ? -1 : real<int(const char*, struct stat*)>("stat")(path, out);
}

int lstat(const char* path, struct stat* out) noexcept {
  return fails("lstat", path) ? -1 : real<int(const char*, struct stat*)>("lstat")(path, out);
}

int fstat(int descriptor, struct stat* out) noexcept {
  return fails("fstat", descriptor) ? -1 : real<int(int, struct stat*)>("fstat")(descriptor, out);
}

int fchmod(int descriptor, mode_t mode) noexcept {
  return fails("fchmod", descriptor) ? -1 : real<int(int, mode_t)>("fchmod")(descriptor, mode);
}

int faccessat(int folder, const char* path, int mode, int flags) noexcept {
  if (fails("faccessat", path)) return -1;
  return real<int(int, const char*, int, int)>("faccessat")(folder, path, mode, flags);
}

dirent* readdir(DIR* folder) {
  return fails("readdir", dirfd(folder)) ? nullptr : real<dirent*(DIR*)>("readdir")(folder);
}

void* mmap(void* address, std::size_t size, int protection, int flags, int descriptor,
           off_t offset) noexcept {
  if (fails("mmap", descriptor)) return MAP_FAILED;
  return real<void*(void*, std::size_t, int, int, int, off_t)>("mmap")(address, size, protection,
                                                                       flags, descriptor, offset);
}

int munmap(void* address, std::size_t size) noexcept {
  return fails("munmap", -1) ? -1 : real<int(void*, std::size_t)>("munmap")(address, size);
}

int madvise(void* address, std::size_t size, int advice) noexcept {
  if (fails("madvise", advice)) return -1;
  return real<int(void*, std::size_t, int)>("madvise")(address, size, advice);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                   void* argument) noexcept {
  if (fails("pthread_create", -1)) return failure;
  return real<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create")(
      thread, attributes, run, argument);
}

/// Before main nothing of the program's own is read or written.
int __libc_start_main(Main main, int argc, char** argv, void (*init)(), void (*fini)(),
                      void (*rtld_fini)(), void* stack_end) {
  real_main = main;
  using Start = int(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
  return real<Start>("__libc_start_main")(counted_main, argc, argv, init, fini, rtld_fini,
                                          stack_end);
}

}  // extern "C"
