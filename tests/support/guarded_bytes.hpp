// Bytes between two inaccessible pages: accesses beyond them end the program in every build, not
// only under AddressSanitizer.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>

#include "support/round_up.hpp"

namespace ringlet::test {

class GuardedBytes {
 public:
  static constexpr std::size_t alignment = 64;
  /// Which page the bytes touch. What is left between them and the other page is watched by
  /// intact().
  enum class Flush : bool { begin, end };

  GuardedBytes() = default;

  /// At `end` the bytes end at the page where `size` is a multiple of the alignment, and less than
  /// one unit of it before.
  explicit GuardedBytes(std::size_t size, std::byte fill = std::byte{0}, Flush flush = Flush::end)
      : size_(size), inner_(round_up(size, page())) {
    base_ = static_cast<std::byte*>(
        ::mmap(nullptr, inner_ + 2 * page(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base_ == MAP_FAILED) fail("no memory");
    begin_ = base_ + page();
    if (flush == Flush::end) begin_ += inner_ - round_up(size, alignment);
    allow(PROT_READ | PROT_WRITE);
    if (inner_ > 0) std::memset(base_ + page(), std::to_integer<int>(canary), inner_);
    if (size > 0) std::memset(begin_, std::to_integer<int>(fill), size);
  }
  explicit GuardedBytes(std::span<const std::byte> source, Flush flush = Flush::end)
      : GuardedBytes(source.size(), std::byte{0}, flush) {
    if (!source.empty()) std::memcpy(begin_, source.data(), source.size());
  }
  GuardedBytes(GuardedBytes&& other) noexcept { swap(other); }
  GuardedBytes& operator=(GuardedBytes other) noexcept {
    swap(other);
    return *this;
  }
  ~GuardedBytes() {
    if (base_ != nullptr) ::munmap(base_, inner_ + 2 * page());
  }

  /// Has every later write end the program.
  void make_read_only() { allow(PROT_READ); }

  /// Whether nobody has written between the bytes and the guarded pages.
  [[nodiscard]] bool intact() const {
    const std::byte* const first = base_ + page();
    for (const std::byte* at = first; at < first + inner_; ++at) {
      if ((at < begin_ || at >= begin_ + size_) && *at != canary) return false;
    }
    return true;
  }

  [[nodiscard]] std::byte* data() noexcept { return begin_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<std::byte> span() noexcept { return {begin_, size_}; }
  [[nodiscard]] std::span<const std::byte> span() const noexcept { return {begin_, size_}; }

 private:
  static constexpr std::byte canary{0xA5};

  static std::size_t page() {
    static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return size;
  }
  static void fail(const char* what) {
    std::perror(what);
    std::abort();
  }
  void allow(int access) {
    if (inner_ > 0 && ::mprotect(base_ + page(), inner_, access) != 0) fail("mprotect");
  }
  void swap(GuardedBytes& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(begin_, other.begin_);
    std::swap(size_, other.size_);
    std::swap(inner_, other.inner_);
  }

  std::byte* base_ = nullptr;   // the first page
  std::byte* begin_ = nullptr;  // the bytes
  std::size_t size_ = 0;
  std::size_t inner_ = 0;  // between the two pages
};

}  // namespace ringlet::test
