// libFuzzer's entry for images of sessions.
#include <cstdint>

#include "support/hostile_image.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)ringlet::test::exercise_image(std::as_bytes(std::span(data, size)));
  return 0;
}
