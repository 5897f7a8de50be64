#include "device/bundled_model.hpp"

// The section is the linker script's on a board; elsewhere one that is read only.
asm(".pushsection .model, \"a\"\n"
    ".balign 64\n"
    ".globl ringlet_bundled_model\n"
    "ringlet_bundled_model:\n"
    ".incbin \"" RINGLET_BUNDLED_MODEL
    "\"\n"
    ".globl ringlet_bundled_model_end\n"
    "ringlet_bundled_model_end:\n"
    ".popsection\n");

extern "C" const std::byte ringlet_bundled_model[], ringlet_bundled_model_end[];

namespace ringlet::test {

std::span<const std::byte> bundled_model() {
  return {ringlet_bundled_model, ringlet_bundled_model_end};
}

}  // namespace ringlet::test
