// Products of packed matrices and vectors for baseline NEON on aarch64: loops over the groups of a
// panel for in-order cores. in_order.inc explains the method; in_order_int4.S and in_order_int8.S
// implement it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/simd/multiply.hpp"

extern "C" {

/// Writes y[0…15], the products of an INT4 panel's 16 rows and one vector. Per row, for each of
/// `groups` groups in ascending order: acc = fma(float(dot), scale·x_scale, acc). `codes` and
/// `scales` belong to the panel. The other arguments belong to the vector and have, for each group,
/// 32 codes, a scale and an offset (−8 · Σ codes, the start of a dot product). Codes are prefetched
/// `prefetch_bytes` ahead.
void ringlet_neon_int4_panel(const std::uint8_t* codes, const std::uint16_t* scales,
                             const std::int8_t* x_codes, const float* x_scales,
                             const std::int32_t* x_offsets, std::size_t groups, float* y,
                             std::size_t prefetch_bytes);

/// Like ringlet_neon_int4_panel for INT8, where dot products start at zero.
void ringlet_neon_int8_panel(const std::uint8_t* codes, const std::uint16_t* scales,
                             const std::int8_t* x_codes, const float* x_scales, std::size_t groups,
                             float* y, std::size_t prefetch_bytes);
}

namespace ringlet::neon {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

inline void multiply_int4(const simd::PanelView& panel, const QuantizedVector& x, float* y) {
  ringlet_neon_int4_panel(panel.codes, panel.scales, x.codes, x.scales, x.offsets, panel.groups, y,
                          panel.prefetch_bytes);
}

inline void multiply_int8(const simd::PanelView& panel, const QuantizedVector& x, float* y) {
  ringlet_neon_int8_panel(panel.codes, panel.scales, x.codes, x.scales, panel.groups, y,
                          panel.prefetch_bytes);
}

}  // namespace
}  // namespace ringlet::neon
