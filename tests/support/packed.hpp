// Packed matrices with random codes and scales, filled according to the description of the layout,
// together with the values that they represent.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/packed_matrix.hpp"
#include "support/aligned.hpp"

namespace ringlet::test {

struct PackedSample {
  PackedMatrix matrix;  // a view of the planes below
  AlignedBytes codes;
  AlignedBytes scales;
  std::vector<double> values;  // row-major, rows × columns
};

/// Codes use their whole range; scales are normal halves of many sizes and now and then zero.
PackedSample random_packed(MatrixFormat format, std::uint32_t rows, std::uint32_t columns,
                           std::uint64_t seed);

/// Storage for a quantized vector of `tokens` × `columns`.
struct QuantizedSample {
  QuantizedSample(std::uint32_t tokens, std::uint32_t columns);

  [[nodiscard]] QuantizedVector token(std::uint32_t t);

  std::uint32_t code_stride;  // columns, padded to groups of 32
  std::uint32_t group_stride;
  AlignedBytes codes, scales, offsets;
};

/// Floats of mixed sizes; every fourth group of 32 is of an awkward kind (zero, tiny, huge, one
/// spike).
std::vector<float> awkward_floats(std::size_t count, std::uint64_t seed);

/// Floats in (−1, 1) times `size`.
std::vector<float> plain_floats(std::size_t count, std::uint64_t seed, float size = 1.0F);

}  // namespace ringlet::test
