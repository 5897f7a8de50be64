// Prints the memory that a session needs and the digest of its first tokens, for comparison with
// `ringlet plan` and `ringlet digest` on a workstation.
#include <cstddef>
#include <cstdint>
#include <span>

#include "ringlet/digest.hpp"
#include "ringlet/ringlet.hpp"
#include "storyteller.h"

namespace {

// QEMU's board "virt": a serial port, and a register that ends the run.
auto& serial_port = *reinterpret_cast<volatile std::uint8_t*>(0x10000000);
auto& power = *reinterpret_cast<volatile std::uint32_t*>(0x00100000);

alignas(RINGLET_STORYTELLER_RAM_ALIGNMENT) std::byte ram[RINGLET_STORYTELLER_RAM_BYTES];

void print(const char* text) {
  while (*text != 0) serial_port = static_cast<std::uint8_t>(*text++);
}

void print_hexadecimal(std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4) {
    serial_port = static_cast<std::uint8_t>("0123456789abcdef"[(value >> shift) & 15]);
  }
}

int fail(const ringlet::Status& status) {
  char line[160];
  for (const char c : ringlet::describe(status, line)) serial_port = static_cast<std::uint8_t>(c);
  print("\n");
  return static_cast<int>(status.code());
}

}  // namespace

extern "C" {

[[noreturn]] void finish(std::uint32_t status) {
  power = status == 0 ? 0x5555 : 0x3333 | (status << 16);
  for (;;) {
  }
}

[[noreturn]] void report_fault(std::uint32_t cause, std::uint32_t address) {
  print("fault ");
  print_hexadecimal(cause);
  print(" at ");
  print_hexadecimal(address);
  print("\n");
  finish(125);
}
}

int main() {
  using namespace ringlet;
  const auto model = Model::open(
      std::as_bytes(std::span(ringlet_model_storyteller, ringlet_model_storyteller_end)));
  if (!model) return fail(model.status());
  auto session = Session::create(*model, ringlet_config_storyteller(), ram, baseline_kernels());
  if (!session) return fail(session.status());
  const auto value = digest(*session, {.tokens = 16});
  if (!value) return fail(value.status());
  print("digest ");
  print_hexadecimal(*value);
  print("\n");
  return 0;
}
