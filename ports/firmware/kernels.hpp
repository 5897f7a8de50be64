// The single kernel set for this processor. Other sets are not linked.
#pragma once

#include "ringlet/kernels.hpp"

namespace ringlet::port {

inline const KernelSet& board_kernels() noexcept {
#if defined(RINGLET_FIRMWARE_SCALAR)
  return scalar_kernels();  // for comparison
#else
  return baseline_kernels();
#endif
}

}  // namespace ringlet::port
