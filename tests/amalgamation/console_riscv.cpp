// QEMU's board "virt": a serial port, and a register that ends the run.
#include <cstdint>

#include "console.hpp"

namespace {

auto& serial_port = *reinterpret_cast<volatile std::uint8_t*>(0x10000000);
auto& power = *reinterpret_cast<volatile std::uint32_t*>(0x00100000);

}  // namespace

void print(const char* text) {
  for (; *text != 0; ++text) serial_port = static_cast<std::uint8_t>(*text);
}

// Called by the start-up code.
extern "C" {

[[noreturn]] void finish(std::uint32_t status) {
  power = status == 0 ? 0x5555 : 0x3333 | (status << 16);
  for (;;) {
  }
}

[[noreturn]] void report_fault() {
  print("fault\n");
  finish(125);
}
}
