// One or two vectors: sixteen or eight rows at a time, so that four sums are added to in turn.
// Codes are unpacked word by word.
#pragma once

#include "kernels/dotprod/ordered.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::dotprod {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

template <bool int4, std::size_t quads, std::size_t vectors>
struct Stream {
  static constexpr std::ptrdiff_t quad_bytes =
      (int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes) / 4;
  static constexpr std::size_t words = int4 ? 4 : 8;  // in a line; INT4 has two in a byte

  Position position;
  std::uintptr_t x_codes[vectors];
  std::uintptr_t x_scales[vectors];
  std::ptrdiff_t offsets_from_scales;
  std::int32_t starts[vectors];
  float32x4_t all_bias;
  int8x16_t fifteen;
  int8x16_t bytes[quads];  // one word
  int8x16_t x_first[vectors];
  int8x16_t x_second[vectors];
  float32x4_t row_scales[quads];
  int32x4_t dots[quads * vectors];
  float32x4_t sums[quads * vectors];

  /// f(quad, vector, number of the sum)
  template <typename Function>
  RINGLET_INLINE static void for_sums(const Function& f) {
    repeat<quads * vectors>([&](auto i) RINGLET_INLINE {
      f(std::integral_constant<std::size_t, i / vectors>{},
        std::integral_constant<std::size_t, i % vectors>{}, i);
    });
  }

  template <std::size_t word>
  RINGLET_INLINE void load_word() {
    repeat<quads>([&](auto q) RINGLET_INLINE {
      bytes[q] = load_codes(position.codes + q * quad_bytes + 16 * word);
    });
  }
  RINGLET_INLINE void load_row_scales() {
    repeat<quads>([&](auto q)
                      RINGLET_INLINE { row_scales[q] = load_halves(position.scales + 4 * q); });
  }
  RINGLET_INLINE void load_x() {
    repeat<vectors>([&](auto v) RINGLET_INLINE {
      x_first[v] = load_codes(at<std::int8_t>(x_codes[v], position.code_at));
      x_second[v] = load_codes(at<std::int8_t>(x_codes[v], position.code_at + 16));
    });
  }
  RINGLET_INLINE void load_starts() {
    if constexpr (!int4) return;
    repeat<vectors>([&](auto v) RINGLET_INLINE {
      starts[v] =
          load_offset(at<std::int32_t>(x_scales[v], position.scale_at + offsets_from_scales));
    });
  }
  RINGLET_INLINE void start() {
    for_sums([&](auto, auto v, auto i) RINGLET_INLINE { dots[i] = repeated(starts[v]); });
  }

  /// Multiplies word `word` of the lines and loads word `next`.
  template <std::size_t word, std::size_t next>
  RINGLET_INLINE void multiply_word() {
    int8x16_t low[quads];
    int8x16_t high[quads];
    if constexpr (int4) {
      repeat<quads>([&](auto q) RINGLET_INLINE { high[q] = high_nibbles(bytes[q]); });
      repeat<quads>([&](auto q) RINGLET_INLINE { low[q] = low_nibbles(bytes[q], fifteen); });
      for_sums([&](auto q, auto v, auto i)
                   RINGLET_INLINE { add_dots<word, i>(dots[i], low[q], x_first[v]); });
      load_word<next>();
      for_sums([&](auto q, auto v, auto i)
                   RINGLET_INLINE { add_dots<word, i>(dots[i], high[q], x_second[v]); });
    } else {
      for_sums([&](auto q, auto v, auto i) RINGLET_INLINE {
        add_dots<word % 4, i>(dots[i], bytes[q], word < 4 ? x_first[v] : x_second[v]);
        if constexpr (v == vectors - 1) {
          bytes[q] = load_codes(position.codes + q * quad_bytes + 16 * next);
        }
      });
    }
  }

  /// One group. Everything that the next one begins with is loaded here.
  RINGLET_INLINE void multiply_group() {
    float32x4_t x_scale[vectors];
    float32x4_t scales[quads * vectors];
    position.count_group();
    repeat<words - 2>([&](auto w) RINGLET_INLINE { multiply_word<w, w + 1>(); });
    repeat<vectors>([&](auto v) RINGLET_INLINE {
      x_scale[v] = load_scale(at<float>(x_scales[v], position.scale_at));
    });
    position.compare();
    multiply_word<words - 2, words - 1>();
    for_sums([&](auto q, auto v, auto i)
                 RINGLET_INLINE { scales[i] = multiply_scales(row_scales[q], x_scale[v]); });
    position.template next_weights<int4>();
    position.code_at += 32 & position.more;
    position.scale_at += 4 & position.more;
    load_starts();
    multiply_word<words - 1, 0>();
    if constexpr (int4) {
      repeat<vectors>([&](auto v) RINGLET_INLINE { add(starts[v], bias_bits); });
    }
    load_x();
    load_row_scales();
    for_sums([&](auto, auto, auto i) RINGLET_INLINE { subtract_bias<i>(dots[i], all_bias); });
    repeat<quads>([&](auto q) RINGLET_INLINE { widen(row_scales[q]); });
    for_sums([&](auto, auto, auto i) RINGLET_INLINE { add_scaled(sums[i], dots[i], scales[i]); });
    start();
  }

  RINGLET_INLINE void run(const simd::PanelView& panel, std::size_t row, const QuantizedVector* x,
                          float* const* y) {
    position = {.codes = panel.codes + row / 4 * quad_bytes,
                .scales = panel.scales + row,
                .groups_left = static_cast<std::ptrdiff_t>(panel.groups)};
    offsets_from_scales = reinterpret_cast<std::intptr_t>(x[0].offsets) -
                          reinterpret_cast<std::intptr_t>(x[0].scales);
    all_bias = vdupq_n_f32(bias);
    fifteen = vdupq_n_s8(15);
    repeat<vectors>([&](auto v) RINGLET_INLINE {
      x_codes[v] = reinterpret_cast<std::uintptr_t>(x[v].codes);
      x_scales[v] = reinterpret_cast<std::uintptr_t>(x[v].scales);
      starts[v] = bias_bits + (int4 ? x[v].offsets[0] : 0);
    });
    for_sums([&](auto, auto, auto i) RINGLET_INLINE { sums[i] = vdupq_n_f32(0); });
    load_word<0>();
    load_x();
    load_row_scales();
    repeat<quads>([&](auto q) RINGLET_INLINE { widen(row_scales[q]); });
    start();
    do {
      simd::prefetch<quads * quad_bytes>(position.codes, panel.prefetch_bytes);
      multiply_group();
    } while (position.groups_left != 0);
    for_sums([&](auto q, auto v, auto i)
                 RINGLET_INLINE { vst1q_f32(y[v] + row + 4 * q, sums[i]); });
  }
};

/// A panel times one or two vectors.
template <bool int4, std::size_t vectors>
inline void multiply_stream(const simd::PanelView& panel, const QuantizedVector* x,
                            float* const* y) {
  constexpr std::size_t quads = 4 / vectors;
  for (std::size_t row = 0; row < packed::panel_rows; row += 4 * quads) {
    Stream<int4, quads, vectors>().run(panel, row, x, y);
  }
}

}  // namespace
}  // namespace ringlet::dotprod
