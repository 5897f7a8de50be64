// Rotary settings of a config.json: base, scaling and the rotated part of a head, as written by
// Transformers 4 (`rope_theta`, `rope_scaling`) and Transformers 5 (`rope_parameters`).
#pragma once

#include <optional>

#include "source/json_file.hpp"
#include "source/model_shape.hpp"

namespace ringlet::convert {

/// A family's defaults for settings that its config omits.
struct RotaryDefaults {
  double theta = 10000;
  double partial = 1;                  // rotated part of a head
  std::uint32_t original_context = 0;  // 0: max_position_embeddings
  bool grows_queries = false;          // with the position, if "yarn" says so
  bool ignores_sections = false;       // of pictures: in a text all their positions are equal
};

/// Sets the rotary embedding of `shape`, whose head_dim and context must be set. Supports the
/// scalings "linear", "llama3" (Meta, 2024), "longrope" (Ding et al., 2024) and "yarn" (Peng et
/// al., 2023). Refuses by name all others, unknown keys inside the scaling, a scaling without a
/// type, and settings that differ between two places, because versions of Transformers disagree on
/// which one counts. Source of the rules: RotaryEmbeddingConfigMixin in modeling_rope_utils.py of
/// Transformers 5.
void read_hf_rotary(const JsonField& config, const RotaryDefaults& defaults, ModelShape& shape);

/// Gives layers with a window their own rotary settings, if the config has different ones for
/// "sliding_attention" or the family has a base for them, `family_theta`. Windows and the rotary
/// embedding of other layers must be set. Only base and factors can differ; a config that requires
/// more is refused.
void read_hf_local_rotary(const JsonField& config, std::optional<double> family_theta,
                          ModelShape& shape);

}  // namespace ringlet::convert
