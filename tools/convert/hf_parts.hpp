// Parts of a config.json that several families share.
#pragma once

#include <functional>

#include "hf_rotary.hpp"
#include "json.hpp"
#include "model_shape.hpp"

namespace ringlet::convert {

/// The one way in which names of activations are read. "gelu" is the exact form.
Activation activation_named(const JsonField& config, const std::string& name);

/// Makes as many layers as the architecture has; too many are refused.
void make_layers(const JsonField& config, ModelShape& shape);

/// What Llama and its nearest relatives have in common: sizes, RMSNorm, rotary embedding, names.
/// `rotary` and `norm_epsilon` are the family's, unless the config says otherwise.
void read_llama_like(const JsonField& config, ModelShape& shape, const RotaryDefaults& rotary = {},
                     double norm_epsilon = 1e-6);

/// Gives the layers that `layer_types` calls sliding their window; `is_sliding` says which those
/// are where the config has no such list.
void read_windows(const JsonField& config, ModelShape& shape, std::uint32_t window,
                  const std::function<bool(std::uint32_t layer)>& is_sliding);

}  // namespace ringlet::convert
