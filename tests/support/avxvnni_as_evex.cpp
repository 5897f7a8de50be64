// The AVX-VNNI set compiled with AVX-512's encoding of the same instruction, so that its code is
// tested on processors that have AVX-512 VNNI and not AVX-VNNI.
#include "kernels/kernel_set.hpp"

namespace ringlet::test {
const KernelSet& avxvnni_kernels_as_evex() noexcept;
}

#define avxvnni_kernels test::avxvnni_kernels_as_evex
#include "kernels/avxvnni/kernels.cpp"
