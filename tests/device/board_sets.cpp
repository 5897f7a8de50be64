#include "device/sets.hpp"

namespace ringlet::test {

std::span<const KernelSet* const> kernel_sets() {
  static const KernelSet* const sets[] = {&scalar_kernels(), &baseline_kernels()};
  return std::span(sets).first(sets[0] == sets[1] ? 1 : 2);
}

}  // namespace ringlet::test
