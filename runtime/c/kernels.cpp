#include "ringlet/kernels.hpp"

#include "c/convert.hpp"

using ringlet::c::to_c;

const ringlet_kernels* ringlet_kernels_scalar(void) { return to_c(ringlet::scalar_kernels()); }

#define RINGLET_DEFINE_SET(name) \
  const ringlet_kernels* ringlet_kernels_##name(void) { return to_c(ringlet::name##_kernels()); }
RINGLET_KERNEL_SETS(RINGLET_DEFINE_SET)
#undef RINGLET_DEFINE_SET

const ringlet_kernels* ringlet_kernels_baseline(void) { return to_c(ringlet::baseline_kernels()); }

const char* ringlet_kernels_name(const ringlet_kernels* kernels) {
  return ringlet::name_of(ringlet::c::from_c(kernels));
}

uint64_t ringlet_kernels_self_test(const ringlet_kernels* kernels) {
  return ringlet::self_test(ringlet::c::from_c(kernels));
}
