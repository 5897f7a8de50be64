#include "kernels/kernel_set.hpp"

namespace ringlet {

const char* name_of(const KernelSet& kernels) noexcept { return kernels.name; }

}  // namespace ringlet
