// libFuzzer's entry for gguf sources.
#include <cstdint>

#include "fuzz/import_harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ringlet::test::fuzz_gguf(std::as_bytes(std::span(data, size)));
  return 0;
}
