#include "device/sets.hpp"

namespace ringlet::test {

std::span<const KernelSet* const> kernel_sets() {
  static const KernelSet* const sets[] = {
    &scalar_kernels(),
#if defined(__ARM_FEATURE_MVE)
    &helium_kernels(),
#elif defined(__ARM_NEON)
    &neon_kernels(),
#elif defined(__ARM_FEATURE_DSP)
    &dsp_kernels(),
#endif
  };
  return sets;
}

}  // namespace ringlet::test
