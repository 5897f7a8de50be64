// Which kernel sets the device tests look at.
#pragma once

#include <span>

#include "kernels/kernel_set.hpp"

namespace ringlet::test {

/// Scalar and the sets that run here: on a board the one that it is built with (board_sets.cpp), on
/// Linux those of the processor (linux_sets.cpp).
std::span<const KernelSet* const> kernel_sets();

}  // namespace ringlet::test
