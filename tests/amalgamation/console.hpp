// Where the test's program prints: to the console of Linux, of a board of ports/, of QEMU's RISC-V
// board, or into the memory of a WebAssembly module.
#pragma once

void print(const char* text);
