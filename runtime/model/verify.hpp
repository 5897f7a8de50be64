// What makes a model file trustworthy: everything that later code relies on is checked here, once.
#pragma once

#include <cstddef>
#include <span>

#include "ringlet/architecture.hpp"
#include "ringlet/status.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {

/// Reads the architecture and checks that every size is sensible and that no product can overflow.
Status verify_architecture(const schema::Model& model, Architecture& out) noexcept;

/// Checks every tensor: shape, format, plane sizes, alignment, inside `data`, in canonical order
/// and so without overlap.
Status verify_tensors(const schema::Model& model, const Architecture& architecture,
                      std::span<const std::byte> data) noexcept;

/// Checks that every index of the tokenizer's tables is in range and that its orders hold.
Status verify_tokenizer(const schema::Tokenizer& tokenizer,
                        const Architecture& architecture) noexcept;

/// The part of it that is about merges; the pieces have been checked.
Status verify_merges(const schema::Tokenizer& tokenizer, std::uint32_t vocab_size) noexcept;

/// Checks that whatever text meets a normalizer, no step leaves its tables.
Status verify_normalizer(const schema::Normalizer& normalizer) noexcept;

}  // namespace ringlet
