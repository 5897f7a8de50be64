// Rotary settings of a config.json: base, scaling and the part of a head that is turned.
#pragma once

#include "json.hpp"
#include "model_shape.hpp"

namespace ringlet::convert {

/// Sets the rotary embedding of `shape`, whose head_dim and context are known: rotary_dim is
/// `partial` of the head, the base is `otherwise` unless the config names one. Scalings "linear",
/// "llama3" (Meta, 2024) and "longrope" (Ding et al., 2024) are understood; others are refused by
/// name.
void read_hf_rotary(const JsonField& config, double otherwise, double partial, ModelShape& shape);

/// The base of layers with a window, where those have one of their own (Gemma 3).
double hf_local_theta(const JsonField& config, double otherwise);

/// The factors of the scaling "llama3": wavelengths longer than `original`/`low` are stretched by
/// `factor`, those shorter than `original`/`high` stay, those between are interpolated.
std::vector<double> llama3_factors(double theta, std::uint32_t rotary_dim, double factor,
                                   double low, double high, double original);

/// What "longrope" multiplies cosines and sines by, unless a source says it: for a context that is
/// `factor` times the original.
float longrope_scale(double factor, double original);

}  // namespace ringlet::convert
