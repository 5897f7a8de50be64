#include "report.hpp"

#include <array>

#include "board.hpp"
#include "memory.hpp"
#include "print.hpp"
#include "ringlet/division.hpp"

#if !defined(RINGLET_FIRMWARE_PROGRAM)
#define RINGLET_FIRMWARE_PROGRAM "storyteller"
#endif

namespace ringlet::port {

void print_error(const Status& status) noexcept {
  std::array<char, 256> buffer;
  print(RINGLET_FIRMWARE_PROGRAM ": ");
  print(describe(status, buffer));
  print("\n");
}

void fail(const Status& status) noexcept {
  print_error(status);
  exit(static_cast<std::int32_t>(status.code()));
}

void print_title(const KernelSet& kernels) noexcept {
  print("Ringlet on " RINGLET_BOARD ", kernels: ");
  print(name_of(kernels));
  print("\n");
}

void print_memory_map() noexcept {
  constexpr std::uint32_t digits = 2 * sizeof(std::uintptr_t);
  for (const MemoryRange& range : memory_map()) {
    print_hexadecimal(range.begin, digits);
    print(" to ");
    print_hexadecimal(range.end, digits);
    print("  ");
    print(range.name);
    print(", ");
    print_number(range.bytes());
    print(" bytes\n");
  }
}

void print_plan(const MemoryPlan& plan) noexcept {
  for (const Section& section : plan.sections()) {
    print("section ");
    print(name_of(section.id));
    print(": ");
    print_number(section.bytes);
    print(" bytes at ");
    print_number(section.offset);
    print("\n");
  }
  print("RAM: ");
  print_number(plan.total());
  print(" bytes\n");
}

std::uint64_t instructions_of(std::uint64_t ticks) noexcept {
  constexpr std::uint64_t instructions_per_second = 1'000'000'000 / 32;
  return quotient(ticks * instructions_per_second, static_cast<std::uint32_t>(ticks_per_second()));
}

void print_stack() noexcept {
  print("stack: ");
  print_number(stack_high_water());
  print(" of ");
  print_number(memory_map().back().bytes());
  print(" bytes\n");
}

}  // namespace ringlet::port
