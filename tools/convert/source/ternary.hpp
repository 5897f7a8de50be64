// Matrices of the weights −1, 0 and 1 with one scale each (BitNet b1.58; Ma et al., 2024), as
// Transformers packs them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "source/json_file.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

struct StoredTensor;

/// Whether "weight_scale" is the factor of the weights or its inverse.
enum class TernaryScale : std::uint8_t { factor, inverse };

/// What the "quantization_config" of a config.json says about packed ternary weights; empty if
/// there are none. Refuses weights that are rounded while the model runs.
std::optional<TernaryScale> read_ternary(const JsonField& config);

/// A matrix of four weights in a byte: bits 2i and 2i + 1 of byte row r are row r + i · rows / 4,
/// plus
/// 1. It is kept exactly in INT4. Throws std::runtime_error, beginning with `where`, if the tensors
/// have other shapes.
SourceMatrix ternary_matrix(const std::string& where, const StoredTensor& codes,
                            const StoredTensor& scale, TernaryScale kind, std::uint32_t rows,
                            std::uint32_t columns);

}  // namespace ringlet::convert
