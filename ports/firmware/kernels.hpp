// The one kernel set that firmware for this processor needs. Others are not linked.
#pragma once

#include "ringlet/kernels.hpp"

namespace ringlet::port {

inline const KernelSet& board_kernels() noexcept {
#if defined(RINGLET_FIRMWARE_SCALAR)
  return scalar_kernels();  // to compare with
#elif defined(__ARM_FEATURE_MVE)
  return helium_kernels();
#elif defined(__ARM_NEON)
  return neon_kernels();
#elif defined(__ARM_FEATURE_DSP)
  return dsp_kernels();
#else
  return scalar_kernels();
#endif
}

}  // namespace ringlet::port
