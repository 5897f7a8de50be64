// Three to sixteen vectors: four rows at a time, whose codes stay in registers while the vectors
// take turns of at most four (six if that makes one turn). In a turn, each word of codes is added
// to the sums of all its vectors, which are independent: SDOT takes four cycles on in-order cores.
#pragma once

#include "kernels/dotprod/ordered.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::dotprod {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// How many vectors take the turn that begins with vector `first`.
template <std::size_t vectors>
constexpr std::size_t turn_size(std::size_t first) {
  const std::size_t left = vectors - first;
  const std::size_t turns = vectors <= 6 ? 1 : (left + 3) / 4;
  return (left + turns - 1) / turns;
}

template <bool int4, std::size_t vectors>
struct Turns {
  static constexpr std::size_t most = turn_size<vectors>(0);
  static constexpr std::ptrdiff_t quad_bytes =
      (int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes) / 4;
  // Sums of eleven vectors and more leave no registers for scales and constants. Those come from
  // memory, into the registers of activations, once these are multiplied.
  static constexpr bool tight = vectors > 10;
  static constexpr bool fifteen_stays = vectors < 6;

  Position position;
  std::uintptr_t x_codes[most];
  std::uintptr_t x_scales[most];
  std::ptrdiff_t code_stride;
  std::ptrdiff_t scale_stride;
  std::ptrdiff_t offsets_from_scales;
  std::ptrdiff_t offset_at;
  std::int32_t all_starts;
  std::int32_t starts[most];
  int8x16_t word[8];  // of four rows; word j contains columns 4j to 4j + 3, INT4 as codes plus 8
  int8x16_t fifteen;
  int8x16_t x[most];
  float32x4_t all_bias;
  float32x4_t row_scales;
  int32x4_t dots[most];
  float32x4_t sums[vectors];

  template <std::size_t i>
  RINGLET_INLINE void load_x() {
    x[i] = load_codes(at<std::int8_t>(x_codes[i], position.code_at));
  }
  RINGLET_INLINE void load_word(std::size_t i) { word[i] = load_codes(position.codes + 16 * i); }
  RINGLET_INLINE void unpack() {
    repeat<4>([&](auto i) RINGLET_INLINE { word[4 + i] = high_nibbles(word[i]); });
    if constexpr (!fifteen_stays) fifteen = fifteens();
    repeat<4>([&](auto i) RINGLET_INLINE { word[i] = low_nibbles(word[i], fifteen); });
  }

  /// From the vectors of a turn to those of the next one, perhaps in the next group.
  template <std::size_t first, std::size_t next>
  RINGLET_INLINE void next_vectors() {
    constexpr auto step = static_cast<std::ptrdiff_t>(next) - static_cast<std::ptrdiff_t>(first);
    position.code_at += step * code_stride - 16;
    position.scale_at += step * scale_stride;
    if constexpr (next == 0) {
      position.code_at += 32 & position.more;
      position.scale_at += 4 & position.more;
    }
    opaque(position.code_at);
    opaque(position.scale_at);
    offset_at = position.scale_at + offsets_from_scales;
    if constexpr (int4) opaque(offset_at);
  }

  template <std::size_t first>
  RINGLET_INLINE void multiply_first_half() {
    constexpr std::size_t count = turn_size<vectors>(first);
    constexpr bool last = first + count == vectors;
    repeat<4>([&](auto j) RINGLET_INLINE {
      repeat<count>([&](auto v) RINGLET_INLINE {
        add_dots<j, v>(dots[v], word[j], x[v]);
        if constexpr (j == 0 && v == 0) {
          position.code_at += 16;
          opaque(position.code_at);
          if constexpr (last) position.count_group();
        }
        if constexpr (last && j == 1 && v == 0) position.compare();
        if constexpr (last && j == 1 && v == 1) position.template next_weights<int4>();
        if constexpr (j == 3) load_x<v>();
      });
    });
  }

  /// Meanwhile loads what the next turn begins with, and multiplies scales.
  template <std::size_t first>
  RINGLET_INLINE void multiply_second_half(float32x4_t* scales, const float32x4_t* constants) {
    constexpr std::size_t count = turn_size<vectors>(first);
    constexpr bool last = first + count == vectors;
    constexpr std::size_t next = last ? 0 : first + count;
    constexpr std::size_t next_count = turn_size<vectors>(next);
    const std::ptrdiff_t scale_at = position.scale_at;
    repeat<4>([&](auto j) RINGLET_INLINE {
      repeat<count>([&](auto v) RINGLET_INLINE {
        add_dots<j, v>(dots[v], word[4 + j], x[v]);
        if constexpr (!tight && j == 0 && v < 4) {
          scales[v] = load_scale(at<float>(x_scales[v], scale_at));
        }
        if constexpr (j == 1 && v == 0) next_vectors<first, next>();
        if constexpr (last && j == 1 && v < 4) load_word(v);
        if constexpr (!tight && j == 2 && v < 4 && (v % 2 == 1 || v + 1 == count)) {
          if constexpr (v % 2 == 1) scales[v - 1] = multiply_scales(row_scales, scales[v - 1]);
          scales[v] = multiply_scales(row_scales, scales[v]);
        }
        if constexpr (!tight && j == 3) {
          if constexpr (v >= 4) scales[v] = load_scale(at<float>(x_scales[v], scale_at));
          if constexpr (v < 4 && v < next_count) load_x<v>();
        }
        if constexpr (tight && j == 3 && v == 0) all_bias = load_floats(constants[0]);
        if constexpr (tight && j == 3 && v == 1) row_scales = load_floats(constants[1]);
        if constexpr (tight && j == 3 && v >= 2) {
          scales[v - 2] = load_scale(at<float>(x_scales[v - 2], scale_at));
        }
        if constexpr (int4 && j == 2 && v < next_count) load_start<v>();
        if constexpr (int4 && j == 3 && v < next_count) add(starts[v], all_starts);
      });
      if constexpr (last && j == 1 && count == 3) load_word(3);
      if constexpr (int4 && next_count > count) {
        if constexpr (j == 2) load_start<count>();
        if constexpr (j == 3) add(starts[count], all_starts);
      }
    });
  }
  template <std::size_t i>
  RINGLET_INLINE void load_start() {
    starts[i] = load_offset(at<std::int32_t>(x_scales[i], offset_at));
  }

  template <std::size_t first>
  RINGLET_INLINE void add_to_sums(float32x4_t* scales) {
    constexpr std::size_t count = turn_size<vectors>(first);
    constexpr bool last = first + count == vectors;
    constexpr std::size_t next_count = turn_size<vectors>(last ? 0 : first + count);
    constexpr std::size_t late = count > 4 ? count - 4 : 0;
    repeat<late>(
        [&](auto v) RINGLET_INLINE { scales[4 + v] = multiply_scales(row_scales, scales[4 + v]); });
    if constexpr (last) row_scales = load_halves(position.scales);
    if constexpr (last && !int4) repeat<4>([&](auto i) RINGLET_INLINE { load_second_line(i); });
    repeat<count>([&](auto v) RINGLET_INLINE { subtract_bias(dots[v], all_bias); });
    repeat<count>([&](auto v) RINGLET_INLINE { add_scaled(sums[first + v], dots[v], scales[v]); });
    if constexpr (last) widen(row_scales);
    if constexpr (last) repeat<late>([&](auto v) RINGLET_INLINE { load_x<4 + v>(); });
    if constexpr (next_count > count) load_x<count>();
  }
  RINGLET_INLINE void load_second_line(std::size_t i) {
    word[4 + i] = load_codes(position.codes + 64 + 16 * i);
  }

  /// The same with four registers, those of x, for all scales and constants.
  template <std::size_t first>
  RINGLET_INLINE void add_to_sums_tight(float32x4_t* scales, float32x4_t* constants,
                                        std::ptrdiff_t scale_at) {
    constexpr std::size_t count = turn_size<vectors>(first);
    constexpr bool last = first + count == vectors;
    constexpr std::size_t next_count = turn_size<vectors>(last ? 0 : first + count);
    constexpr std::size_t a = count - 2;
    constexpr std::size_t b = count - 1;
    repeat<count>([&](auto v) RINGLET_INLINE { subtract_bias(dots[v], all_bias); });
    scales[a] = load_scale(at<float>(x_scales[a], scale_at));
    repeat<b>([&](auto v) RINGLET_INLINE { scales[v] = multiply_scales(row_scales, scales[v]); });
    repeat<a>([&](auto v) RINGLET_INLINE { add_scaled(sums[first + v], dots[v], scales[v]); });
    scales[b] = load_scale(at<float>(x_scales[b], scale_at));
    load_x<0>();
    scales[b] = multiply_scales(row_scales, scales[b]);
    if constexpr (last) row_scales = load_halves(position.scales);
    add_scaled(sums[first + a], dots[a], scales[a]);
    load_x<1>();
    if constexpr (last) widen(row_scales);
    if constexpr (!last) load_x<2>();
    add_scaled(sums[first + b], dots[b], scales[b]);
    if constexpr (next_count == 4) load_x<last ? 2 : 3>();
    if constexpr (last) store_floats(constants[1], row_scales);
    if constexpr (last && !int4) repeat<4>([&](auto i) RINGLET_INLINE { load_second_line(i); });
  }

  template <std::size_t first>
  RINGLET_INLINE void take_turn(float32x4_t* constants) {
    constexpr std::size_t count = turn_size<vectors>(first);
    constexpr bool last = first + count == vectors;
    constexpr std::size_t next_count = turn_size<vectors>(last ? 0 : first + count);
    float32x4_t scales[count];
    const std::ptrdiff_t scale_at = position.scale_at;
    multiply_first_half<first>();
    multiply_second_half<first>(scales, constants);
    if constexpr (tight) {
      add_to_sums_tight<first>(scales, constants, scale_at);
    } else {
      add_to_sums<first>(scales);
    }
    repeat<next_count>([&](auto v)
                           RINGLET_INLINE { dots[v] = repeated(int4 ? starts[v] : all_starts); });
    if constexpr (last && int4) unpack();
    if constexpr (last && tight) load_x<next_count - 1>();
    if constexpr (!last) take_turn<first + count>(constants);
  }

  RINGLET_INLINE void run(const simd::PanelView& panel, std::size_t row,
                          const QuantizedVector* all_x, float* const* y) {
    position = {.codes = panel.codes + row / 4 * quad_bytes,
                .scales = panel.scales + row,
                .groups_left = static_cast<std::ptrdiff_t>(panel.groups)};
    code_stride = all_x[1].codes - all_x[0].codes;
    scale_stride = 4 * (all_x[1].scales - all_x[0].scales);
    offsets_from_scales = reinterpret_cast<std::intptr_t>(all_x[0].offsets) -
                          reinterpret_cast<std::intptr_t>(all_x[0].scales);
    all_starts = bias_bits;
    all_bias = vdupq_n_f32(bias);
    fifteen = vdupq_n_s8(15);
    repeat<vectors>([&](auto v) RINGLET_INLINE { sums[v] = vdupq_n_f32(0); });
    repeat<most>([&](auto v) RINGLET_INLINE {
      x_codes[v] = reinterpret_cast<std::uintptr_t>(all_x[v].codes);
      x_scales[v] = reinterpret_cast<std::uintptr_t>(all_x[v].scales);
      load_x<v>();
      dots[v] = repeated(all_starts + (int4 ? all_x[v].offsets[0] : 0));
    });
    repeat<4>([&](auto i) RINGLET_INLINE { load_word(i); });
    if constexpr (int4) {
      unpack();
    } else {
      repeat<4>([&](auto i) RINGLET_INLINE { load_second_line(i); });
    }
    row_scales = load_halves(position.scales);
    widen(row_scales);
    float32x4_t constants[2] = {all_bias, row_scales};
    do {
      simd::prefetch<quad_bytes>(position.codes, panel.prefetch_bytes);
      take_turn<0>(constants);
    } while (position.groups_left != 0);
    repeat<vectors>([&](auto v) RINGLET_INLINE { vst1q_f32(y[v] + row, sums[v]); });
  }
};

/// A panel times `vectors` vectors at equal distances.
template <bool int4, std::size_t vectors>
inline void multiply_turns(const simd::PanelView& panel, const QuantizedVector* x,
                           float* const* y) {
  for (std::size_t row = 0; row < packed::panel_rows; row += 4) {
    Turns<int4, vectors>().run(panel, row, x, y);
  }
}

}  // namespace
}  // namespace ringlet::dotprod
