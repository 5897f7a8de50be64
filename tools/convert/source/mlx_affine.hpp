// Matrices quantized by MLX: packed codes with a scale and a bias for each group of columns.
#pragma once

#include <optional>

#include "source/json_file.hpp"
#include "source/tensor_store.hpp"

namespace ringlet::convert {

/// Reads the field "quantization" of a config.json, if present. Throws std::runtime_error for a
/// mode other than affine, or for a number of bits that does not divide 32.
std::optional<MlxAffineFormat> read_mlx_affine(const JsonField& config);

/// Returns a matrix given its codes (32-bit words), scales and biases (floats). Throws
/// std::runtime_error, beginning with `where`, if the three do not have the shapes that rows and
/// columns require.
SourceMatrix mlx_affine_matrix(const std::string& where, const StoredTensor& codes,
                               const StoredTensor& scales, const StoredTensor& biases,
                               MlxAffineFormat format, std::uint32_t rows, std::uint32_t columns);

}  // namespace ringlet::convert
