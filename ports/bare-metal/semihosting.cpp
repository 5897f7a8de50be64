// Console and exit under an emulator or debugger, by semihosting. A product replaces this file by
// its serial port.
#include "board.hpp"

namespace ringlet::port {
namespace {

// Operations of Arm's "Semihosting for AArch32 and AArch64", which "RISC-V Semihosting" adopts. A
// word has the width of a register.
using Word = std::uintptr_t;
constexpr Word sys_write0 = 0x04;
constexpr Word sys_open = 0x01;
constexpr Word sys_read = 0x06;
constexpr Word sys_exit_extended = 0x20;
constexpr Word application_exit = 0x20026;

#if defined(__aarch64__)
Word call(Word operation, const void* argument) noexcept {
  register Word x0 asm("x0") = operation;
  register const void* x1 asm("x1") = argument;
  asm volatile("hlt #0xF000" : "+r"(x0) : "r"(x1) : "memory");
  return x0;
}
#elif defined(__riscv)
// The first and the third instruction, which do nothing, tell the call from a breakpoint.
Word call(Word operation, const void* argument) noexcept {
  register Word a0 asm("a0") = operation;
  register const void* a1 asm("a1") = argument;
  asm volatile(
      ".balign 16\n"  // the three lie in one page; compressed instructions may fill the gap
      ".option push\n"
      ".option norvc\n"
      "slli zero, zero, 0x1F\n"
      "ebreak\n"
      "srai zero, zero, 7\n"
      ".option pop\n"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return a0;
}
#else
Word call(Word operation, const void* argument) noexcept {
  register Word r0 asm("r0") = operation;
  register const void* r1 asm("r1") = argument;
  asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}
#endif

}  // namespace

void write(const char* text) noexcept { call(sys_write0, text); }

// By SYS_READ, because SYS_READC has no end, and that of QEMU 7.2 returns the byte before.
std::int32_t read() noexcept {
  constexpr char name[] = ":tt";
  constexpr Word to_read = 0;
  const Word console[] = {reinterpret_cast<Word>(name), to_read, sizeof name - 1};
  static const Word handle = call(sys_open, console);
  unsigned char byte = 0;
  const Word block[] = {handle, reinterpret_cast<Word>(&byte), sizeof byte};
  const Word missing = call(sys_read, block);
  return missing != 0 ? -1 : byte;
}

void exit(std::int32_t status) noexcept {
  const Word block[] = {application_exit, static_cast<Word>(status)};
  call(sys_exit_extended, block);
  for (;;) {
  }
}

}  // namespace ringlet::port
