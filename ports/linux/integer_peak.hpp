// The rate at which this machine multiplies INT8 numbers: the limit of prefill.
#pragma once

#include "ringlet/kernels.hpp"
#include "ringlet/team.hpp"

namespace ringlet::port {

/// Returns multiplications per second, each with its addition, of all threads of the team together
/// when they execute only the instruction on which the set's INT8 products are based (VPDPBUSD,
/// VPMADDUBSW, SMMLA, SDOT, SMLAL), on registers. Takes the best of several runs (a tenth of a
/// second). Returns 0 for a set without such an instruction, like scalar. The processor must
/// support the set.
[[nodiscard]] double integer_peak(const KernelSet& kernels, const Team& team);

}  // namespace ringlet::port
