// Matrices that MLX has quantized: packed codes with a scale and a bias for each group of columns.
#pragma once

#include <optional>

#include "json.hpp"
#include "tensor_store.hpp"

namespace ringlet::convert {

/// The field "quantization" of a config.json, if it is there. Throws std::runtime_error when it
/// asks for another mode than affine, or for bits that do not divide 32.
std::optional<AffineFormat> read_affine_format(const JsonField& config);

/// A matrix from its codes (32-bit words), scales and biases (floats). Throws std::runtime_error,
/// beginning with `where`, when the three do not have the shapes that rows and columns need.
SourceMatrix affine_matrix(const std::string& where, const StoredTensor& codes,
                           const StoredTensor& scales, const StoredTensor& biases,
                           AffineFormat format, std::uint32_t rows, std::uint32_t columns);

}  // namespace ringlet::convert
