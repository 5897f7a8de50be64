// The scalings of rotary embeddings in a config.json: linear, llama3, longrope and yarn.
#pragma once

#include <cstdint>
#include <optional>

#include "source/huggingface/hf_rotary.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// The rotary embedding of one kind of layer.
struct RotarySettings {
  SourceRotary rotary;
  std::optional<SourceRotary> long_rotary{};
  std::uint32_t long_above = 0;
  std::uint32_t rotary_dim = 0;
  float scale = 1;         // of cosines and sines
  float query_growth = 0;  // as in Architecture
  std::uint32_t query_growth_length = 0;
};

/// Applies the scaling in `scaling` to `settings`, whose base and dimensions are set. Refuses by
/// name scalings and keys that are not supported.
void read_rotary_scaling(const JsonField& config, const JsonField& scaling,
                         const RotaryDefaults& defaults, RotarySettings& settings);

/// A number that both the object and the config around it can contain, if they agree.
std::optional<double> agreed_number(const JsonField& config,
                                    const std::optional<JsonField>& parameters, const char* field,
                                    const char* outer_name);

}  // namespace ringlet::convert
