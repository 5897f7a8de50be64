// Products of packed matrices and vectors for Helium. VLD4 splits a line into its four rows,
// VMLADAV adds the products of sixteen codes to a general register, and the floating-point part has
// the four rows in its lanes.
//
// Eight vector registers hold a line (four), activations, the sums of four rows, a mask and a
// temporary. So four rows go through all groups before the next four, one token at a time. The
// floating-point part of a group is computed while the next line is loaded, where it costs least.
#pragma once

#include "kernels/helium/lines.hpp"
#include "kernels/helium/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::helium {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using simd::PanelView;

/// The floating-point part of four rows, group by group: sum = fma(float(dots), scale_w · scale_x,
/// sum).
struct FloatSums {
  const std::uint16_t* scales;
  const float* x_scales;
  float32x4_t sum = vdupq_n_f32(0);

  void add(int32x4_t dots) {
    const float32x4_t scale = vmulq_n_f32(Vector::load_half(scales), *x_scales);
    sum = vfmaq_f32(sum, vcvtq_f32_s32(dots), scale);
    scales += packed::panel_rows;
    ++x_scales;
  }
};

/// Four rows of an INT4 panel times one vector. There is at least one group.
inline float32x4_t quad_int4(const std::uint8_t* line, FloatSums sums, const QuantizedVector& x,
                             std::size_t groups) {
  int32x4_t dots = dot_int4(load_rows(line), x.codes, x.offsets[0]);
  for (std::size_t g = 1; g < groups; ++g) {
    line += packed::int4_panel_bytes;
    const Rows rows = load_rows(line);
    sums.add(dots);
    dots = dot_int4(rows, x.codes + g * packed::group_size, x.offsets[g]);
  }
  sums.add(dots);
  return sums.sum;
}

/// Four rows of an INT8 panel, whose groups have two lines, times one vector.
inline float32x4_t quad_int8(const std::uint8_t* line, FloatSums sums, const QuantizedVector& x,
                             std::size_t groups) {
  Dots dots;
  add_products(dots, load_rows(line), vldrbq_s8(x.codes));
  add_products(dots, load_rows(line + 64), vldrbq_s8(x.codes + 16));
  int32x4_t late = lanes(dots);
  for (std::size_t g = 1; g < groups; ++g) {
    line += packed::int8_panel_bytes;
    dots = {};
    add_products(dots, load_rows(line), vldrbq_s8(x.codes + g * packed::group_size));
    sums.add(late);
    add_products(dots, load_rows(line + 64), vldrbq_s8(x.codes + g * packed::group_size + 16));
    late = lanes(dots);
  }
  sums.add(late);
  return sums.sum;
}

template <bool int4>
void multiply_panel(const PanelView& panel, const QuantizedVector& x, float* y) {
  constexpr std::size_t bytes = (int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes) / 4;
#pragma clang loop unroll(disable)
  for (std::size_t q = 0; q < 4; ++q) {
    const std::uint8_t* line = panel.codes + q * bytes;
    const FloatSums sums = {panel.scales + 4 * q, x.scales};
    vstrwq_f32(y + 4 * q, int4 ? quad_int4(line, sums, x, panel.groups)
                               : quad_int8(line, sums, x, panel.groups));
  }
}

struct Panel {
  static constexpr std::size_t most_tokens = 1;

  template <bool int4, std::size_t tokens>
  static void multiply(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    static_assert(tokens == 1);
    multiply_panel<int4>(panel, x[0], y[0]);
  }
};

}  // namespace
}  // namespace ringlet::helium
