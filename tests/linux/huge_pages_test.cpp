// Which bytes of a process lie in huge pages, by the text of the kernel.
#include "huge_pages.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <string>

namespace ringlet::port {
namespace {

const std::string smaps =
    "7f0000200000-7f0000800000 rw-p 00000000 00:00 0 \n"
    "Size:               6144 kB\n"
    "AnonHugePages:      4096 kB\n"
    "ShmemPmdMapped:        0 kB\n"
    "FilePmdMapped:         0 kB\n"
    "VmFlags: rd wr mr mw me ac sd hg \n"
    "7f0000800000-7f0000a00000 r--s 00000000 00:19 7                          /a file: of 1-2 3\n"
    "AnonHugePages:         0 kB\n"
    "ShmemPmdMapped:     2048 kB\n"
    "7f0000c00000-7f0001000000 r--s 00000000 08:01 7                          /b\n"
    "FilePmdMapped:      4096 kB\n";

TEST(HugePages, AreCountedByRange) {
  EXPECT_EQ(huge_bytes_of(smaps, 0x7f0000200000, 0x7f0000800000), 4U << 20);
  EXPECT_EQ(huge_bytes_of(smaps, 0x7f0000800000, 0x7f0000a00000), 2U << 20);
  EXPECT_EQ(huge_bytes_of(smaps, 0x7f0000c00000, 0x7f0001000000), 4U << 20);
  EXPECT_EQ(huge_bytes_of(smaps, 0, ~0ULL), 10U << 20);
}

TEST(HugePages, AreAtMostTheRange) {
  EXPECT_EQ(huge_bytes_of(smaps, 0x7f0000200000, 0x7f0000201000), 4096U);
  EXPECT_EQ(huge_bytes_of(smaps, 0x7f0000a00000, 0x7f0000c00000), 0U);
  EXPECT_EQ(huge_bytes_of("", 0, ~0ULL), 0U);
}

TEST(HugePages, MappingsOfSeveralBeginAtOne) {
  const std::size_t size = 3 * huge_page_size() + 4096;
  void* address = map_aligned(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  ASSERT_NE(address, MAP_FAILED);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(address) % huge_page_size(), 0U);
  munmap(address, size);
}

}  // namespace
}  // namespace ringlet::port
