// Checks a model file once, for everything that later code relies on.
#pragma once

#include <cstddef>
#include <span>

#include "ringlet/architecture.hpp"
#include "ringlet/status.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {

/// Whether the bytes are a FlatBuffer of the schema: every offset stays within them, and every
/// required field is present. The other functions of this header rely on it.
[[nodiscard]] bool verify_tables(std::span<const std::byte> tables) noexcept;

[[nodiscard]] constexpr bool positive_and_finite(float value) noexcept {
  return value > 0 && value <= 3.0e38F;
}

/// Checks that sizes, of the architecture or with those of a layer, are within bounds and fit each
/// other.
Status verify_sizes(const Architecture& a) noexcept;

/// Checks the settings of each layer. The architecture must have been checked.
Status verify_layers(const schema::Model& model, const Architecture& a) noexcept;

/// Reads the architecture and checks that every size is within bounds, so that no product
/// overflows.
Status verify_architecture(const schema::Model& model, Architecture& out) noexcept;

/// Checks every tensor: shape, format, and sizes, alignment and order of its planes. The order
/// proves that planes do not overlap.
Status verify_tensors(const schema::Model& model, const Architecture& architecture,
                      std::span<const std::byte> data) noexcept;

/// Checks that every index in the tokenizer's tables is in range and that sorted tables are sorted.
Status verify_tokenizer(const schema::Tokenizer& tokenizer,
                        const Architecture& architecture) noexcept;

/// Checks the merges. The pieces must have been checked.
Status verify_merges(const schema::Tokenizer& tokenizer, std::uint32_t vocab_size) noexcept;

/// Checks that no text can make the normalizer read outside its tables.
Status verify_normalizer(const schema::Normalizer& normalizer) noexcept;

}  // namespace ringlet
