#include <array>

#include "device/sets.hpp"
#include "ringlet/linux/kernels.hpp"

namespace ringlet::test {

std::span<const KernelSet* const> kernel_sets() {
  static std::array<const KernelSet*, 8> sets;
  std::size_t count = 0;
  for (const port::InstructionSet& set : port::instruction_sets()) {
    if (set.runs_here()) sets.at(count++) = &set.kernels();
  }
  return {sets.data(), count};
}

}  // namespace ringlet::test
