// No heap, no interrupts but the clock's.
#include "start.hpp"

#include "board.hpp"
#include "memory.hpp"
#include "print.hpp"

// From sections.ld. Only the addresses mean anything.
extern "C" {
extern std::uint32_t data_source[], data_begin[], data_end[], bss_begin[], bss_end[];
extern void (*init_array_begin[])();
extern void (*init_array_end[])();

int run_main() asm("main");  // C++ forbids to call main() by its name
}

void start() {
  const std::uint32_t* source = data_source;
  for (std::uint32_t* to = data_begin; to != data_end; ++to) *to = *source++;
  for (std::uint32_t* to = bss_begin; to != bss_end; ++to) *to = 0;
  ringlet::port::paint_stack();
  for (auto* construct = init_array_begin; construct != init_array_end; ++construct) (*construct)();
  ringlet::port::exit(run_main());
}

namespace ringlet::port {

void report_fault(const FaultDetail* details, std::uint32_t count) noexcept {
  write("fault:");
  for (std::uint32_t i = 0; i < count; ++i) {
    write(i == 0 ? " " : ", ");
    write(details[i].name);
    write(" ");
    print_hexadecimal(details[i].value, details[i].value >> 32 == 0 ? 8 : 16);
  }
  write("\n");
  exit(125);
}

}  // namespace ringlet::port
