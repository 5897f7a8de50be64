// The tensors of a gated delta rule, as Qwen3.5 and llama.cpp store them.
#pragma once

#include <string>

#include "source/model_shape.hpp"
#include "source/source_model.hpp"
#include "source/tensor_store.hpp"

namespace ringlet::convert {

/// Takes the tensors of the mixer of a layer. `prefix` precedes their names.
void collect_delta(const ModelShape& shape, TensorStore& store, const std::string& prefix,
                   SourceLayer& layer);

/// The factors of a convolution, which are stored channel by channel, by position: oldest first.
SourceVector collect_taps(const ModelShape& shape, TensorStore& store, const std::string& name,
                          std::uint32_t channels);

}  // namespace ringlet::convert
