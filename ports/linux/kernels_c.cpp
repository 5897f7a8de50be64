#include "ringlet/linux/kernels.h"

#include "ringlet/linux/kernels.hpp"

// ringlet.h declares ringlet_kernels as the C name of KernelSet.
const ringlet_kernels* ringlet_kernels_best(void) {
  return reinterpret_cast<const ringlet_kernels*>(&ringlet::port::best_kernels());
}
