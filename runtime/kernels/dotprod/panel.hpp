// Products of packed matrices and vectors with SDOT (armv8.2 dotprod). A register of codes is the
// same word of four rows, and its word of activations is a lane of another register. Up to sixteen
// tokens share the loaded and unpacked weights.
#pragma once

#include "kernels/dotprod/stream.hpp"
#include "kernels/dotprod/turns.hpp"

namespace ringlet::dotprod {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

template <bool int4, std::size_t tokens>
inline void multiply_panel(const simd::PanelView& panel, const QuantizedVector* x,
                           float* const* y) {
  if constexpr (tokens <= 2) {
    multiply_stream<int4, tokens>(panel, x, y);
  } else {
    multiply_turns<int4, tokens>(panel, x, y);
  }
}

struct Panel {
  static constexpr std::size_t most_tokens = 16;

  template <bool int4, std::size_t tokens>
  static void multiply(const simd::PanelView& panel, const QuantizedVector* x, float* const* y) {
    multiply_panel<int4, tokens>(panel, x, y);
  }
};

}  // namespace
}  // namespace ringlet::dotprod
