// Products of packed matrices and vectors for baseline NEON (armv8.0, armv7 with VFPv4): lanes are
// rows, four at a time. Tokens are processed one by one: the panel stays in the first-level cache.
#pragma once

#if defined(__aarch64__)
#include "kernels/neon/in_order.hpp"
#else
#include "kernels/neon/panel_armv7.hpp"
#endif

namespace ringlet::neon {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct Panel {
  static constexpr std::size_t most_tokens = 1;

  template <bool int4, std::size_t tokens>
  static void multiply(const simd::PanelView& panel, const QuantizedVector* x, float* const* y) {
    static_assert(tokens == 1);
    (int4 ? multiply_int4 : multiply_int8)(panel, x[0], y[0]);
  }
};

}  // namespace
}  // namespace ringlet::neon
