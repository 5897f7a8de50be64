// Non-owning views of weights and activations, as matrix products read them.
#pragma once

#include <cstdint>

#include "ringlet/formats.hpp"

namespace ringlet {

/// A weight matrix in one of the formats of packed_layout.hpp, or a table in one of row_layout.hpp.
/// For f32 and f16, `codes` is a
/// row-major plane of floats or halves, and `scales` is null.
struct PackedMatrix {
  const std::uint8_t* codes = nullptr;
  const std::uint16_t* scales = nullptr;
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  MatrixFormat format = MatrixFormat::f32;
};

/// One vector of activations, quantized in groups of 32 for integer matrix products: x ≈ codes ·
/// scales[group]. `offsets[group]` is −8·Σ codes, the start of an accumulator over INT4 codes,
/// which are stored plus 8.
struct QuantizedVector {
  std::int8_t* codes = nullptr;     // padded_columns(K), padded with zeros
  float* scales = nullptr;          // groups(K)
  std::int32_t* offsets = nullptr;  // groups(K)
};

}  // namespace ringlet
