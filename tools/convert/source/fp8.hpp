// Matrices of 8-bit floats (E4M3) with a scale for the whole matrix or for each block of it, as
// Transformers stores them ("fp8").
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "source/json_file.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

struct StoredTensor;

/// The rows and columns that share a scale; 0: all of a matrix.
struct Fp8Blocks {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
};

/// What the "quantization_config" of a config.json says about such matrices; empty if there are
/// none.
std::optional<Fp8Blocks> read_fp8(const JsonField& config);

/// The number of a code: a sign, four bits of exponent and three of mantissa; NaN for 0x7F and
/// 0xFF.
float fp8_e4m3(std::uint8_t code);

/// A matrix of codes times scales. Throws std::runtime_error, beginning with `where`, if the
/// tensors have other shapes.
SourceMatrix fp8_matrix(const std::string& where, const StoredTensor& codes,
                        const StoredTensor& scales, Fp8Blocks blocks, std::uint32_t rows,
                        std::uint32_t columns);

}  // namespace ringlet::convert
