// Packed matrices times vectors for baseline NEON on aarch64: the loops over the groups of a panel,
// written for cores that issue in order. in_order.inc says how, in_order_int4.S and
// in_order_int8.S do it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/simd/multiply.hpp"

extern "C" {

/// Writes y[0…15], the products of a panel's 16 rows and one vector (INT4): per row, for each of
/// `groups` groups ascending, acc = fma(float(dot), scale·x_scale, acc). `codes` and `scales` are
/// the panel's, the others the vector's: 32 codes, a scale and an offset (the start of a dot
/// product, −8 · Σ codes) for each group. Codes are asked for `prefetch_bytes` ahead.
void ringlet_neon_int4_panel(const std::uint8_t* codes, const std::uint16_t* scales,
                             const std::int8_t* x_codes, const float* x_scales,
                             const std::int32_t* x_offsets, std::size_t groups, float* y,
                             std::size_t prefetch_bytes);

/// The same for INT8, where dot products start at zero.
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
