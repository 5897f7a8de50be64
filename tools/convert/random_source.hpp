// A model of random weights in any shape, made tensor by tensor as it is written: for measuring
// speed and memory without a checkpoint.
#pragma once

#include "random_shape.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// A model without tokenizer and licence. Weights are very nearly normal (the sum of eight uniform
/// numbers: no weight beyond 4.9 standard deviations) with standard deviation 1/sqrt(columns), so
/// that a normed vector keeps its size through every matrix; gains of norms are 1. Each weight is a
/// function of the seed, its tensor, row and column alone, and is the same on every machine.
SourceModel make_random_model(const RandomShape& shape);

/// A tokenizer of `vocab_size` pieces for a model that has learned none: unknown, beginning and end
/// of text, the 256 bytes, of which all text is made, and for every other id a piece that prints as
/// its number. Throws std::runtime_error when vocab_size is below the 259 that the bytes need.
SourceTokenizer make_byte_tokenizer(std::uint32_t vocab_size);

}  // namespace ringlet::convert
