// The features of a model beyond a plain Llama, as far as this build supports them. The verifier
// refuses a model that requires more; the layers above it test for null or for a neutral value. In
// a build without the feature both are constants, so the compiler removes the code after the test.
#pragma once

#include "base/features.hpp"
#include "ringlet/architecture.hpp"

namespace ringlet {

/// Floats that a model can lack. Always null in a build without their feature.
template <bool built>
class OptionalFloats {
 public:
  constexpr OptionalFloats() noexcept = default;
  // NOLINTNEXTLINE(google-explicit-constructor): it stands for a pointer that can be null
  constexpr OptionalFloats(const float* floats) noexcept : floats_(built ? floats : nullptr) {}
  // NOLINTNEXTLINE(google-explicit-constructor): as above
  constexpr operator const float*() const noexcept { return built ? floats_ : nullptr; }

 private:
  const float* floats_ = nullptr;
};
using FamilyFloats = OptionalFloats<features::families>;
using KeyBiasFloats = OptionalFloats<features::key_bias>;
using PerLayerFloats = OptionalFloats<features::per_layer>;

constexpr NormKind norm_kind(const Architecture& a) noexcept {
  return features::families ? a.norm : NormKind::rms;
}
constexpr Activation activation_of(const Architecture& a) noexcept {
  return features::families ? a.activation : Activation::silu;
}
constexpr bool has_learned_positions(const Architecture& a) noexcept {
  return features::families && a.learned_positions != 0;
}
constexpr bool has_local_rotary(const Architecture& a) noexcept {
  return features::families && a.local_rotary;
}
constexpr float embedding_scale(const Architecture& a) noexcept {
  return features::families ? a.embedding_scale : 1.0F;
}
constexpr float rotary_scale(const Architecture& a) noexcept {
  return features::families ? a.rotary_scale : 1.0F;
}
constexpr float residual_scale(const Architecture& a) noexcept {
  return features::families ? a.residual_scale : 1.0F;
}
constexpr bool has_parallel_blocks(const Architecture& a) noexcept {
  return features::families && a.parallel_blocks;
}
constexpr bool norms_after_rotary(const Architecture& a) noexcept {
  return features::families && a.norm_after_rotary;
}
constexpr float query_growth(const Architecture& a) noexcept {
  return features::families ? a.query_growth : 0.0F;
}
/// Positions that a convolution reads; 0 if no layer has one.
constexpr std::uint32_t convolution(const Architecture& a) noexcept {
  return features::recurrent ? a.convolution : 0;
}
constexpr bool has_attended_gate(const Architecture& a) noexcept {
  return features::recurrent && a.attended_gate;
}
/// Heads of a gated delta rule; 0 if no layer has one.
constexpr std::uint32_t state_heads(const Architecture& a) noexcept {
  return features::recurrent ? a.state_heads : 0;
}
/// Numbers that a token brings for each layer; 0: none.
constexpr std::uint32_t per_layer_dim(const Architecture& a) noexcept {
  return features::per_layer ? a.per_layer_dim : 0;
}
constexpr float attention_softcap(const Architecture& a) noexcept {
  return features::families ? a.attention_softcap : 0.0F;
}
constexpr float logit_softcap(const Architecture& a) noexcept {
  return features::families ? a.logit_softcap : 0.0F;
}

}  // namespace ringlet
