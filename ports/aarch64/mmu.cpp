// Identity mapping of memory, with caches. Without the MMU, all memory has device type: unaligned
// access faults and nothing is cached.
#include <cstddef>
#include <cstdint>

extern "C" {
// From the board's linker script: memory that is not a device.
extern char memory_begin[], memory_end[];
void enable_mmu();
}

namespace {

// Two tables of 512 blocks of 2 MiB cover 2 GiB. One table above points to them.
constexpr std::size_t entries = 512;
constexpr std::size_t blocks = 2 * entries;
constexpr std::uint64_t block_bytes = std::uint64_t{2} << 20;

// Descriptors from the chapter "VMSAv8-64" of Arm's architecture manual.
constexpr std::uint64_t table_descriptor = 3;
constexpr std::uint64_t block_descriptor = 1;
constexpr std::uint64_t accessed = std::uint64_t{1} << 10;
constexpr std::uint64_t inner_shareable = std::uint64_t{3} << 8;
constexpr std::uint64_t never_execute = std::uint64_t{3} << 53;
constexpr std::uint64_t as_device = std::uint64_t{0} << 2;  // indices into MAIR_EL1
constexpr std::uint64_t as_memory = std::uint64_t{1} << 2;

// Not in .bss, which is cleared later.
alignas(4096) [[gnu::section(".noinit")]] std::uint64_t top[entries];
alignas(4096) [[gnu::section(".noinit")]] std::uint64_t map[blocks];

std::uint64_t describe(std::uint64_t address) {
  const bool memory = address >= reinterpret_cast<std::uintptr_t>(memory_begin) &&
                      address < reinterpret_cast<std::uintptr_t>(memory_end);
  return address | block_descriptor | accessed |
         (memory ? as_memory | inner_shareable : as_device | never_execute);
}

}  // namespace

void enable_mmu() {
  for (std::size_t i = 0; i < blocks; ++i) map[i] = describe(i * block_bytes);
  for (std::size_t i = 0; i < entries; ++i) {
    top[i] = i < 2 ? reinterpret_cast<std::uintptr_t>(map + i * entries) | table_descriptor : 0;
  }
  constexpr std::uint64_t attributes = 0xFF00;  // 0: device; 1: memory, read and write cached
  constexpr std::uint64_t control = 25          // T0SZ: 39 address bits, so tables start at level 1
                                    | std::uint64_t{1} << 8    // table walks are inner cacheable
                                    | std::uint64_t{1} << 10   // and outer cacheable
                                    | std::uint64_t{3} << 12   // inner shareable
                                    | std::uint64_t{1} << 23   // no upper address range
                                    | std::uint64_t{2} << 32;  // 40 bits of physical address
  asm volatile(
      "msr mair_el1, %0\n"
      "msr tcr_el1, %1\n"
      "msr ttbr0_el1, %2\n"
      "dsb ish\n"
      "tlbi vmalle1\n"
      "dsb ish\n"
      "isb\n" ::"r"(attributes),
      "r"(control), "r"(top)
      : "memory");
  std::uint64_t system = 0;
  asm volatile("mrs %0, sctlr_el1" : "=r"(system));
  system |= 1U | 1U << 2 | 1U << 12;   // MMU, data cache, instruction cache
  system &= ~(std::uint64_t{1} << 1);  // allow unaligned access
  asm volatile("msr sctlr_el1, %0\n isb" ::"r"(system) : "memory");
}
