#include "semihosting.hpp"

namespace ringlet::port {
namespace {

// Operations of Arm's "Semihosting for AArch32 and AArch64".
constexpr std::uint32_t sys_write0 = 0x04;
constexpr std::uint32_t sys_exit_extended = 0x20;
constexpr std::uint32_t application_exit = 0x20026;

void call(std::uint32_t operation, const void* argument) noexcept {
  register std::uint32_t r0 asm("r0") = operation;
  register const void* r1 asm("r1") = argument;
  asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

}  // namespace

void write(const char* text) noexcept { call(sys_write0, text); }

void exit(std::int32_t status) noexcept {
  const std::uint32_t block[] = {application_exit, static_cast<std::uint32_t>(status)};
  call(sys_exit_extended, block);
  for (;;) {
  }
}

}  // namespace ringlet::port
