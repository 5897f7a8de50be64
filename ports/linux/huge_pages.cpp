#include "huge_pages.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "system_text.hpp"

namespace ringlet::port {
namespace {

const std::string kernel_settings = "/sys/kernel/mm/transparent_hugepage/";

/// A range of addresses, at the start of each entry of smaps: "7f0000-7f8000 r--s …".
struct Range {
  std::uint64_t begin;
  std::uint64_t end;
};
std::optional<Range> range_of(std::string_view line) {
  Range range{};
  const char* last = line.data() + line.size();
  const auto [dash, error] = std::from_chars(line.data(), last, range.begin, 16);
  if (error != std::errc() || dash == last || *dash != '-') return std::nullopt;
  const auto [space, other] = std::from_chars(dash + 1, last, range.end, 16);
  if (other != std::errc() || space == last || *space != ' ') return std::nullopt;
  return range;
}

/// The bytes of an entry's line if it counts huge pages.
std::uint64_t huge_bytes_in(std::string_view line) {
  for (const std::string_view name : {"AnonHugePages:", "ShmemPmdMapped:", "FilePmdMapped:"}) {
    if (line.substr(0, name.size()) == name) {
      return leading_number(line.substr(name.size())).value_or(0) * 1024;
    }
  }
  return 0;
}

}  // namespace

std::size_t huge_page_size() {
  static const auto size = static_cast<std::size_t>(
      leading_number(system_text(kernel_settings + "hpage_pmd_size")).value_or(2U << 20));
  return size;
}

bool huge_pages_on_request() {
  const std::string enabled = system_text(kernel_settings + "enabled");
  return enabled.find("[madvise]") != std::string::npos ||
         enabled.find("[always]") != std::string::npos;
}

void* map_aligned(std::size_t size, int protection, int flags, int descriptor) {
  const std::size_t huge_page = huge_page_size();
  if (size < huge_page) return mmap(nullptr, size, protection, flags, descriptor, 0);
  // Reserve more than needed, map at the boundary inside, and release the rest.
  const std::size_t reserved = size + huge_page;
  void* area =
      mmap(nullptr, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (area == MAP_FAILED) return mmap(nullptr, size, protection, flags, descriptor, 0);
  const auto start = reinterpret_cast<std::uintptr_t>(area);
  const std::uintptr_t aligned = (start + huge_page - 1) / huge_page * huge_page;
  void* result =
      mmap(reinterpret_cast<void*>(aligned), size, protection, flags | MAP_FIXED, descriptor, 0);
  if (result == MAP_FAILED) {
    munmap(area, reserved);
    return MAP_FAILED;
  }
  const long page = sysconf(_SC_PAGESIZE);
  const auto unit = static_cast<std::uintptr_t>(page > 0 ? page : 4096);
  const std::uintptr_t end = (aligned + size + unit - 1) / unit * unit;
  if (aligned > start) munmap(area, aligned - start);
  if (end < start + reserved) munmap(reinterpret_cast<void*>(end), start + reserved - end);
  return result;
}

void advise_huge_pages(void* address, std::size_t size) {
  const std::size_t huge_page = huge_page_size();
  if (size >= huge_page) madvise(address, size / huge_page * huge_page, MADV_HUGEPAGE);
}

std::uint64_t huge_bytes_of(std::string_view smaps, std::uint64_t begin, std::uint64_t end) {
  std::uint64_t total = 0;
  std::uint64_t inside = 0;  // bytes of the current entry between begin and end
  while (!smaps.empty()) {
    const std::string_view line = take_line(smaps);
    if (const std::optional<Range> range = range_of(line)) {
      const std::uint64_t first = std::max(range->begin, begin);
      const std::uint64_t last = std::min(range->end, end);
      inside = last > first ? last - first : 0;
    } else {
      total += std::min(huge_bytes_in(line), inside);
    }
  }
  return total;
}

std::uint64_t bytes_in_huge_pages(std::span<const std::byte> memory) {
  const auto begin = reinterpret_cast<std::uintptr_t>(memory.data());
  return huge_bytes_of(system_text("/proc/self/smaps"), begin, begin + memory.size());
}

}  // namespace ringlet::port
