// Fills the reference's weights: from a source model (exact), or from a model file by a decoder
// written from the layout's description (so that a comparison sees quantized activations only).
#pragma once

#include "reference/transformer.hpp"
#include "ringlet/model.hpp"
#include "source/source_model.hpp"

namespace ringlet::schema {
struct Matrix;
}

namespace ringlet::test {

reference::Weights weights_of(const convert::SourceModel& source);

/// Of models that have no more than Llama has. The rotary base is read from the file's information,
/// not from its integer steps.
reference::Weights weights_of(const Model& model);

/// Every value of one matrix of a verified file.
reference::Matrix decode_matrix(const Model& model, const schema::Matrix& matrix);

/// The value of an IEEE half, by powers of two.
double half_value(std::uint16_t half);

}  // namespace ringlet::test
