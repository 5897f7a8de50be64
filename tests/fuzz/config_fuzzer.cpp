// libFuzzer's entry for config sources.
#include <cstdint>

#include "fuzz/import_harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ringlet::test::fuzz_config(std::as_bytes(std::span(data, size)));
  return 0;
}
