// Pages that are larger than usual, so that fewer translations of addresses are needed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ringlet::port {

/// The size of a huge page, from the kernel, or 2 MiB if it does not say.
[[nodiscard]] std::size_t huge_page_size();

/// Whether the kernel gives huge pages to memory that asks for them.
[[nodiscard]] bool huge_pages_on_request();

/// Maps `size` bytes at an address where huge pages can begin, if there is enough for one. The
/// arguments and the result are those of mmap.
[[nodiscard]] void* map_aligned(std::size_t size, int protection, int flags, int descriptor);

/// Requests huge pages for the whole ones inside a mapping. Kernels without them for this mapping
/// refuse.
void advise_huge_pages(void* address, std::size_t size);

/// How many bytes of this process's memory lie in huge pages.
[[nodiscard]] std::uint64_t bytes_in_huge_pages(std::span<const std::byte> memory);

/// The same from the text of /proc/self/smaps, for the addresses from `begin` to `end`.
[[nodiscard]] std::uint64_t huge_bytes_of(std::string_view smaps, std::uint64_t begin,
                                          std::uint64_t end);

}  // namespace ringlet::port
