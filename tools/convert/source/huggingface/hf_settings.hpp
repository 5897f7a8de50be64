// Settings of a config.json that several families share.
#pragma once

#include <functional>

#include "source/huggingface/hf_rotary.hpp"
#include "source/json_file.hpp"
#include "source/model_shape.hpp"

namespace ringlet::convert {

/// Reads the name of an activation. "gelu" is the exact form.
Activation activation_named(const JsonField& config, const std::string& name);

/// Creates the layers of the architecture. Refuses too many.
void make_layers(const JsonField& config, ModelShape& shape);

/// Refuses a list that has not one entry per layer.
void require_entry_per_layer(const JsonField& config, const char* field, std::size_t entries,
                             const ModelShape& shape);

/// The window of layers that have one. null: none has; a config that does not mention it has the
/// family's default.
std::uint32_t nullable_window(const JsonField& config, std::uint32_t otherwise);

/// Settings that families name differently.
struct SettingNames {
  const char* hidden_dim = "intermediate_size";
  const char* epsilon = "rms_norm_eps";
};

/// Reads the sizes, with `norm_epsilon` where the config has none.
void read_sizes(const JsonField& config, double norm_epsilon, const SettingNames& names,
                ModelShape& shape);

/// Reads the common settings of Llama and its closest relatives: sizes, RMSNorm, rotary embedding,
/// names. `rotary` and `norm_epsilon` are the family's defaults.
void read_llama_like(const JsonField& config, ModelShape& shape, const RotaryDefaults& rotary = {},
                     double norm_epsilon = 1e-6, const SettingNames& names = {});

/// Refuses a setting that is there and is not `value`: another name of something read elsewhere.
void check_second_name(const JsonField& config, const char* name, double value);

/// Sets the window of layers that `layer_types` lists as sliding. `is_sliding` decides if the
/// config has no such list.
void read_windows(const JsonField& config, ModelShape& shape, std::uint32_t window,
                  const std::function<bool(std::uint32_t layer)>& is_sliding);

}  // namespace ringlet::convert
