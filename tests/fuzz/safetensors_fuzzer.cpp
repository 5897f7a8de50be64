// libFuzzer's entry for safetensors sources.
#include <cstdint>

#include "fuzz/import_harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ringlet::test::fuzz_safetensors(std::as_bytes(std::span(data, size)));
  return 0;
}
