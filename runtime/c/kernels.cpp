#include "ringlet/kernels.hpp"

#include "c/convert.hpp"

using ringlet::c::to_c;

const ringlet_kernels* ringlet_scalar_kernels(void) { return to_c(ringlet::scalar_kernels()); }

// Those that this build has; see runtime/CMakeLists.txt.
#if defined(__x86_64__)
const ringlet_kernels* ringlet_avx2_kernels(void) { return to_c(ringlet::avx2_kernels()); }
const ringlet_kernels* ringlet_avxvnni_kernels(void) { return to_c(ringlet::avxvnni_kernels()); }
const ringlet_kernels* ringlet_avx512_kernels(void) { return to_c(ringlet::avx512_kernels()); }
#elif defined(__ARM_FEATURE_MVE)
const ringlet_kernels* ringlet_helium_kernels(void) { return to_c(ringlet::helium_kernels()); }
#elif defined(__ARM_NEON)
const ringlet_kernels* ringlet_neon_kernels(void) { return to_c(ringlet::neon_kernels()); }
#if defined(__aarch64__)
const ringlet_kernels* ringlet_dotprod_kernels(void) { return to_c(ringlet::dotprod_kernels()); }
const ringlet_kernels* ringlet_i8mm_kernels(void) { return to_c(ringlet::i8mm_kernels()); }
#endif
#elif defined(__ARM_FEATURE_DSP)
const ringlet_kernels* ringlet_dsp_kernels(void) { return to_c(ringlet::dsp_kernels()); }
#endif

const char* ringlet_kernels_name(const ringlet_kernels* kernels) {
  return ringlet::name_of(ringlet::c::from_c(kernels));
}

uint64_t ringlet_kernels_self_test(const ringlet_kernels* kernels) {
  return ringlet::self_test(ringlet::c::from_c(kernels));
}
