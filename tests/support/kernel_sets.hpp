// The kernel sets that can be tested here: every one of ports/linux/kernels.cpp that the processor
// runs, and the AVX-VNNI set in AVX-512's encoding where it has only that.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kernels/kernel_set.hpp"
#include "ringlet/linux/kernels.hpp"

namespace ringlet::test {

#if defined(__x86_64__)
const KernelSet& avxvnni_kernels_as_evex() noexcept;  // support/avxvnni_as_evex.cpp
#endif

/// The sets that this processor (or the emulated one) can run.
inline std::vector<const KernelSet*> kernel_sets() {
  std::vector<const KernelSet*> sets;
  for (const port::InstructionSet& set : port::instruction_sets()) {
    if (set.runs_here()) sets.push_back(&set.kernels());
  }
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vnni") != 0 && __builtin_cpu_supports("avx512vl") != 0) {
    sets.push_back(&avxvnni_kernels_as_evex());
  }
#endif
  return sets;
}

/// The name of a parametrised test.
inline std::string set_name(const testing::TestParamInfo<const KernelSet*>& instance) {
  // The index tells the AVX-VNNI set from its twin in the other encoding.
  return name_of(*instance.param) + std::string("_") + std::to_string(instance.index);
}

}  // namespace ringlet::test
