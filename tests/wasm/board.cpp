// A module as a board for the tests of tests/device: its console is a function of the host.
#include "board.hpp"

#include <cstddef>
#include <cstring>

extern "C" {
__attribute__((import_module("host"), import_name("print"))) void host_print(const char* text,
                                                                             std::size_t size);
void __wasm_call_ctors();    // registers the tests; of the linker
int run_main() asm("main");  // C++ forbids calling main() by its name
}

namespace ringlet::port {

void write(const char* text) noexcept { host_print(text, std::strlen(text)); }

}  // namespace ringlet::port

extern "C" __attribute__((export_name("run_tests"))) int run_tests() {
  __wasm_call_ctors();
  return run_main();
}
