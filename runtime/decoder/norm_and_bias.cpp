#include <cstring>

#include "decoder/decoder.hpp"

namespace ringlet {

void Decoder::normalize(const Rows& x, const NormWeights& norm, const Rows& y,
                        std::uint32_t tokens) noexcept {
  const Architecture& a = model_->architecture();
  for (std::size_t t = 0; t < tokens; ++t) {
    const float* from = x.row(t);
    if (features::families && norm.gain == nullptr) {
      std::memcpy(y.row(t), from, a.dim * sizeof(float));
      continue;
    }
    if (norm_kind(a) == NormKind::layer) {
      kernels_->center(from, y.row(t), a.dim);
      from = y.row(t);
    }
    kernels_->rms_norm(from, norm.gain, y.row(t), a.dim, a.norm_epsilon);
  }
  add_bias(norm.bias, y, a.dim, tokens);
}

void Decoder::normalize_heads(FamilyFloats gain, const Rows& x, std::uint32_t heads,
                              std::uint32_t tokens) noexcept {
  if (gain == nullptr) return;
  const Architecture& a = model_->architecture();
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t head = 0; head < heads; ++head) {
      float* one = x.row(t) + head * a.head_dim;
      kernels_->rms_norm(one, gain, one, a.head_dim, a.norm_epsilon);
    }
  }
}

void Decoder::normalize_all(FamilyFloats gain, const Rows& x, std::uint32_t n,
                            std::uint32_t tokens) noexcept {
  if (gain == nullptr) return;
  const float epsilon = model_->architecture().norm_epsilon;
  for (std::size_t t = 0; t < tokens; ++t) {
    kernels_->rms_norm(x.row(t), gain, x.row(t), n, epsilon);
  }
}

void Decoder::add_bias(FamilyFloats bias, const Rows& x, std::uint32_t n,
                       std::uint32_t tokens) noexcept {
  if (bias == nullptr) return;
  for (std::size_t t = 0; t < tokens; ++t) kernels_->add(bias, x.row(t), n);
}

void Decoder::finish_block(const Rows& x, FamilyFloats bias, FamilyFloats post_norm,
                           std::uint32_t tokens) noexcept {
  const Architecture& a = model_->architecture();
  add_bias(bias, x, a.dim, tokens);
  if (post_norm != nullptr) normalize(x, {post_norm, nullptr}, x, tokens);
  if (residual_scale(a) == 1) return;
  for (std::size_t t = 0; t < tokens; ++t) {
    kernels_->scale(x.row(t), residual_scale(a), a.dim, x.row(t));
  }
}

void Decoder::add_to_residual(const Rows& x, std::uint32_t tokens) noexcept {
  const std::uint32_t dim = model_->architecture().dim;
  for (std::size_t t = 0; t < tokens; ++t) {
    kernels_->add(x.row(t), scratch_.residual.row(t), dim);
  }
}

}  // namespace ringlet
