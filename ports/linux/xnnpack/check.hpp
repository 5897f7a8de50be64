// Checks an accelerator's products on this machine: some versions of libraries are wrong on some
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
/// of the matrix. The kernels quantize the test activations exactly, so all of it is the
/// accelerator's error.
struct Tolerances {
  double floats = 1e-4;  // f32 and f16
  double int8 = 1e-4;
  double int4 = 1e-4;
};

/// Multiplies one matrix of each shape and format in the layers with 2 to 17 tokens, and with
/// `chunk` if that is more, and compares every token with the kernels. These counts leave a
/// remainder of every size for any number of tokens that a kernel processes together. Returns the
/// first error ("7 tokens by an INT4 matrix of 64 x 32 (token 6 is off by 81 %)"), or an empty
/// string.
[[nodiscard]] std::string find_wrong_product(const Accelerator& accelerator, const Model& model,
                                             std::uint32_t chunk, const KernelSet& kernels,
                                             const Team& team, const Tolerances& tolerances);

/// Sets the accelerator of the session if all its products are correct. Otherwise leaves the
/// session with the kernels and returns the error.
[[nodiscard]] std::string set_if_right(Session& session, const Accelerator& accelerator,
                                       const KernelSet& kernels, const Team& team,
                                       const Tolerances& tolerances);

}  // namespace ringlet::port
