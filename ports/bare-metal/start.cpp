// No heap, and no interrupt except the clock's.
#include "start.hpp"

#include "board.hpp"
#include "memory.hpp"
#include "print.hpp"

// Symbols of sections.ld. Only their addresses are meaningful.
extern "C" {
extern std::uint32_t data_source[], data_begin[], data_end[], bss_begin[], bss_end[];
extern void (*init_array_begin[])();
extern void (*init_array_end[])();

int run_main() asm("main");  // C++ forbids calling main() by its name
}

void start() {
  const std::uint32_t* source = data_source;
  for (std::uint32_t* to = data_begin; to != data_end; ++to) *to = *source++;
  for (std::uint32_t* to = bss_begin; to != bss_end; ++to) *to = 0;
  ringlet::port::paint_stack();
  for (auto* construct = init_array_begin; construct != init_array_end; ++construct) (*construct)();
  const std::int32_t status = run_main();
  // Without a stack limit register, only this check detects an overflow; data below the stack may
  // be corrupt.
  if (ringlet::port::stack_is_exhausted()) ringlet::port::report_fault(nullptr, 0);
  ringlet::port::exit(status);
}

namespace ringlet::port {
namespace {

void print_exhausted_stack() noexcept {
  write("the stack has used all of its ");
  print_number(memory_map().back().bytes());
  write(
      " bytes and has probably overwritten data: give it more by stack_size in the board's linker "
      "script\n");
}

}  // namespace

void report_fault(const FaultDetail* details, std::uint32_t count, const char* cause) noexcept {
  if (count > 0) write("fault:");
  for (std::uint32_t i = 0; i < count; ++i) {
    write(i == 0 ? " " : ", ");
    write(details[i].name);
    write(" ");
    print_hexadecimal(details[i].value, details[i].value >> 32 == 0 ? 8 : 16);
  }
  if (count > 0) write("\n");
  if (cause != nullptr) {
    write(cause);
    write("\n");
  }
  if (cause == nullptr && stack_is_exhausted()) print_exhausted_stack();
  exit(125);
}

}  // namespace ringlet::port
