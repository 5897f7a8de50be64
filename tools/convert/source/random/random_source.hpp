// A model with random weights in any shape, created tensor by tensor as it is written. It serves to
// measure speed and memory without a checkpoint.
#pragma once

#include "source/random/random_shape.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// Creates a model without tokenizer and license. Weights are nearly normal (the sum of eight
/// uniform numbers, so within 4.9 standard deviations) with standard deviation 1/sqrt(columns), so
/// that a normalized vector keeps its magnitude through every matrix. Gains of norms are 1. Each
/// weight depends only on the seed, its tensor, row and column, and is the same on every machine.
SourceModel make_random_model(const RandomShape& shape);

/// Creates a tokenizer of `vocab_size` pieces for a model that has not been trained: unknown,
/// beginning and end of text, the 256 bytes, which encode all text, and for every other id a piece
/// that prints as its number. Throws std::runtime_error if vocab_size is below the 259 that the
/// bytes need.
SourceTokenizer make_byte_tokenizer(std::uint32_t vocab_size);

}  // namespace ringlet::convert
