// The kernel sets that this build has. A new one is one line here, and every kernel test covers it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kernels/kernel_set.hpp"

namespace ringlet::test {

inline std::vector<const KernelSet*> kernel_sets() { return {&scalar_kernels()}; }

/// The name of a parametrised test.
inline std::string set_name(const testing::TestParamInfo<const KernelSet*>& instance) {
  return name_of(*instance.param);
}

}  // namespace ringlet::test
