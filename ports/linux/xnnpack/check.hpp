// Whether an accelerator multiplies rightly here: some versions of libraries do not on some
// processors, and only for some numbers of tokens.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/kernel_set.hpp"
#include "ringlet/accelerator.hpp"
#include "ringlet/model.hpp"
#include "ringlet/session.hpp"

namespace ringlet::port {

/// The largest relative root-mean-square difference from the kernels for one token, by the format
/// of the matrix. The activations are such that the kernels quantize them without error, so all of
/// it is the accelerator's.
struct Tolerances {
  double floats = 1e-4;  // f32 and f16
  double int8 = 1e-4;
  double int4 = 1e-4;
};

/// Multiplies one matrix of each shape and format in the layers with 2 to 17 tokens (whichever rows
/// a kernel takes together, it meets a rest of every size) and with `chunk`, if that is at least as
/// many, and compares every token with the kernels. Returns what is wrong first, "7 tokens by an
/// INT4 matrix of 64 x 32 (token 6 is off by 81 %)", or nothing.
[[nodiscard]] std::string find_wrong_product(const Accelerator& accelerator, const Model& model,
                                             std::uint32_t chunk, const KernelSet& kernels,
                                             const Team& team, const Tolerances& tolerances);

/// Has the accelerator multiply in the session if all its products are right; otherwise leaves the
/// session with the kernels and returns what is wrong.
[[nodiscard]] std::string set_if_right(Session& session, const Accelerator& accelerator,
                                       const KernelSet& kernels, const Team& team,
                                       const Tolerances& tolerances);

}  // namespace ringlet::port
