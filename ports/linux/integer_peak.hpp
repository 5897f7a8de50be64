// How fast this machine multiplies INT8 numbers: the limit of prefill.
#pragma once

#include "ringlet/kernels.hpp"
#include "ringlet/team.hpp"

namespace ringlet::port {

/// Multiplications per second (each with its addition) of every lane of the team together, when
/// they execute nothing but that instruction from which the set's products of INT8 numbers are
/// made (VPDPBUSD, VPMADDUBSW, SMMLA, SDOT, SMLAL), on registers; the best of several runs (a
/// tenth of a second). 0 for a set that has none, like scalar. The processor must run the set.
[[nodiscard]] double integer_peak(const KernelSet& kernels, const Team& team);

}  // namespace ringlet::port
