// libFuzzer's entry for model files.
#include <cstdint>

#include "fuzz/model_harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ringlet::test::fuzz_model(std::as_bytes(std::span(data, size)));
  return 0;
}
