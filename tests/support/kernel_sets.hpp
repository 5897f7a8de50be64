// The kernel sets that can be tested here: every one of ports/linux/isa.cpp that the processor
// runs.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "isa.hpp"
#include "kernels/kernel_set.hpp"

namespace ringlet::test {

/// The sets that this processor (or the emulated one) can run.
inline std::vector<const KernelSet*> kernel_sets() {
  std::vector<const KernelSet*> sets;
  for (const port::InstructionSet& set : port::instruction_sets()) {
    if (set.runs_here()) sets.push_back(&set.kernels());
  }
  return sets;
}

/// The name of a parametrised test.
inline std::string set_name(const testing::TestParamInfo<const KernelSet*>& instance) {
  return name_of(*instance.param);
}

}  // namespace ringlet::test
