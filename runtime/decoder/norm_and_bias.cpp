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

void Decoder::normalize_parts(const float* gain, const Rows& x, std::uint32_t parts,
                              std::uint32_t n, std::uint32_t tokens) noexcept {
  const float epsilon = model_->architecture().norm_epsilon;
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t part = 0; part < parts; ++part) {
      float* one = x.row(t) + part * n;
      kernels_->rms_norm(one, gain, one, n, epsilon);
    }
  }
}

void Decoder::add_to_rows(const float* bias, const Rows& x, std::uint32_t n,
                          std::uint32_t tokens) noexcept {
  for (std::size_t t = 0; t < tokens; ++t) kernels_->add(bias, x.row(t), n);
}

void Decoder::scale_rows(const Rows& x, float factor, std::uint32_t tokens) noexcept {
  for (std::size_t t = 0; t < tokens; ++t) {
    kernels_->scale(x.row(t), factor, model_->architecture().dim, x.row(t));
  }
}

void Decoder::add_to_residual(const Rows& x, std::uint32_t tokens) noexcept {
  const std::uint32_t dim = model_->architecture().dim;
  for (std::size_t t = 0; t < tokens; ++t) {
    kernels_->add(x.row(t), scratch_.residual.row(t), dim);
  }
}

}  // namespace ringlet
