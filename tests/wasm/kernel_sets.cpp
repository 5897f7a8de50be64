// All sets of a module: whoever can load it runs them.
#include "device/sets.hpp"

namespace ringlet::test {

std::span<const KernelSet* const> kernel_sets() {
#define RINGLET_TAKE_SET(name) &name##_kernels(),
  static const KernelSet* const sets[] = {RINGLET_KERNEL_SETS(RINGLET_TAKE_SET) & scalar_kernels()};
#undef RINGLET_TAKE_SET
  return sets;
}

}  // namespace ringlet::test
