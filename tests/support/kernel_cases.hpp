// One hash per kernel over fixed inputs made of integers: equal for every set and on every target.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/kernel_set.hpp"

namespace ringlet::test {

struct KernelHash {
  std::string kernel;
  std::uint64_t hash = 0;
  friend bool operator==(const KernelHash&, const KernelHash&) = default;
};

std::vector<KernelHash> kernel_hashes(const KernelSet& set);

}  // namespace ringlet::test
