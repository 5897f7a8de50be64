// Products of packed matrices and several vectors with SMMLA (armv8.6 i8mm): one instruction
// multiplies two rows by two tokens, eight codes deep. One or two tokens use SDOT, as does the
// attention of this set: with so few, SMMLA waits for itself on in-order cores.
//
// Up to sixteen tokens are a block. Their activations are interleaved once for up to eight panels,
// one stretch of groups at a time, into 18 KiB of stack. Sums wait in the output while the next
// stretch is interleaved.
#pragma once

#include <algorithm>

#include "kernels/dotprod/panel.hpp"
#include "kernels/i8mm/interleave.hpp"
#include "kernels/i8mm/tile.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::i8mm {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using simd::PanelView;

/// The sums of four rows in the order of a tile, loaded from and stored to the output.
struct QuadSums {
  std::size_t half;  // distance of the second pair of rows from the first
  float32x4_t sums[2 * most_pairs] = {};

  explicit QuadSums(std::size_t pairs)
      : half(pairs <= most_pairs_of_four_rows ? most_pairs_of_four_rows : most_pairs) {}

  /// `y` is the first of the four rows.
  void load(const Block& block, const float* y, std::size_t y_stride) {
    for (std::size_t p = 0; p < block.pairs(); ++p) {
      const float32x4_t a = vld1q_f32(y + block.token(2 * p) * y_stride);
      const float32x4_t b = vld1q_f32(y + block.token(2 * p + 1) * y_stride);
      sums[p] = vzip1q_f32(a, b);
      sums[half + p] = vzip2q_f32(a, b);
    }
  }
  void store(const Block& block, float* y, std::size_t y_stride) const {
    for (std::size_t p = 0; p < block.pairs(); ++p) {
      vst1q_f32(y + block.token(2 * p) * y_stride, vuzp1q_f32(sums[p], sums[half + p]));
      vst1q_f32(y + block.token(2 * p + 1) * y_stride, vuzp2q_f32(sums[p], sums[half + p]));
    }
  }
};

/// y += a stretch of a panel, for a block. Starts from zero if the stretch is the first.
template <bool int4>
inline void add_stretch(const PanelView& panel, const Stretch& stretch, const Block& block,
                        const Interleaved& x, float* y, std::size_t y_stride) {
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  const std::uint8_t* codes = panel.codes + stretch.first * group_bytes;
  const std::uint16_t* scales = panel.scales + stretch.first * packed::panel_rows;
  for (std::size_t row = 0; row < packed::panel_rows; row += 4) {
    QuadSums quad(block.pairs());
    if (stretch.first != 0) quad.load(block, y + row, y_stride);
    add_quad<int4>(codes + row / 4 * (group_bytes / 4), scales + row, x.bytes, stretch.count,
                   block.pairs(), quad.sums, panel.prefetch_bytes);
    quad.store(block, y + row, y_stride);
  }
}

struct Panel {
  static constexpr std::size_t most_tokens = 2;
  static constexpr std::size_t panels_together = 8;
  static constexpr std::size_t many_tokens = 3;

  template <bool int4, std::size_t tokens>
  static void multiply(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    dotprod::multiply_panel<int4, tokens>(panel, x, y);
  }
  template <bool int4>
  static void many(const PanelView* panels, std::size_t count, const Activations& x, float* y,
                   std::size_t y_stride) {
    Interleaved interleaved;
    const std::size_t groups = panels[0].groups;
    for (Block block{0, 0}; block.first < x.tokens; block.first += block.count) {
      block.count = simd::next_block<2 * most_pairs>(x.tokens - block.first);
      const std::size_t most = Interleaved::most_groups(block.pairs());
      for (std::size_t first = 0; first < groups; first += most) {
        const Stretch stretch{first, std::min(most, groups - first)};
        interleave<int4>(x, block, stretch, interleaved);
        for (std::size_t p = 0; p < count; ++p) {
          add_stretch<int4>(panels[p], stretch, block, interleaved, y + p * packed::panel_rows,
                            y_stride);
        }
      }
    }
  }
};

}  // namespace
}  // namespace ringlet::i8mm
