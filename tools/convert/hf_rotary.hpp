// Rotary settings of a config.json: base, scaling and the part of a head that is turned, as
// Transformers 4 (`rope_theta`, `rope_scaling`) and Transformers 5 (`rope_parameters`) write them.
#pragma once

#include <optional>

#include "json.hpp"
#include "model_shape.hpp"

namespace ringlet::convert {

/// What a family has for settings that its config leaves out.
struct RotaryDefaults {
  double theta = 10000;
  double partial = 1;                  // the part of a head that is turned
  std::uint32_t original_context = 0;  // 0: max_position_embeddings
};

/// Sets the rotary embedding of `shape`, whose head_dim and context are known. Scalings "linear",
/// "llama3" (Meta, 2024) and "longrope" (Ding et al., 2024) are understood; others are refused by
/// name, as are a key inside the scaling that no reference knows, a scaling without a type, and a
/// setting that says different things in two places: versions of Transformers differ about which
/// one counts. Source of the rules: RotaryEmbeddingConfigMixin in modeling_rope_utils.py of
/// Transformers 5.
void read_hf_rotary(const JsonField& config, const RotaryDefaults& defaults, ModelShape& shape);

/// Gives layers that have a window rotary settings of their own, where the config has different
/// ones for "sliding_attention" or the family has a base for them, `family_theta`. Windows and the
/// other layers' rotary embedding are known. Only base and factors can differ: where the config
/// asks for more, that is refused.
void read_hf_local_rotary(const JsonField& config, std::optional<double> family_theta,
                          ModelShape& shape);

/// The factors of the scaling "llama3": wavelengths longer than `original`/`low` are stretched by
/// `factor`, those shorter than `original`/`high` stay, those between are interpolated.
std::vector<double> llama3_factors(double theta, std::uint32_t rotary_dim, double factor,
                                   double low, double high, double original);

/// What "longrope" multiplies cosines and sines by, unless a source says it: for a context that is
/// `factor` times the original.
float longrope_scale(double factor, double original);

}  // namespace ringlet::convert
