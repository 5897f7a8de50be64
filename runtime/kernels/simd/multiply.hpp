// The part of matrix products that all instruction sets share: formats, panels and tokens.
//
// The set provides Panel with a function for one panel of 16 rows and a block of `tokens` vectors
// that share the loaded weights. It must exist for every number of tokens from 1 to
// Panel::most_tokens, so that a remainder is one block too:
//
//   template <bool int4, std::size_t tokens>
//   static void multiply(const PanelView& panel, const QuantizedVector* x, float* const* y);
//
// It computes, per row and token, acc = fma(float(dot_g), scale_w·scale_x, acc) for g ascending and
// writes 16 floats to y[token]. The vectors x[0], x[1], … are at equal distances. A set that
// benefits from unpacking a panel once for many_tokens tokens or more also provides
//
//   static constexpr std::size_t panels_together, many_tokens;
//   template <bool int4>
//   static void many(const PanelView* panels, std::size_t count, const Activations& x, float* y,
//                    std::size_t y_stride);
//
// which does the same for all tokens of `count` ≤ panels_together consecutive panels. y is the
// first row of the first panel.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/features.hpp"
#include "kernels/as_built.hpp"
#include "kernels/packed_layout.hpp"
#include "kernels/simd/elementwise.hpp"
#include "kernels/simd/prefetch.hpp"

namespace ringlet::simd {

/// One panel of a packed matrix.
struct PanelView {
  const std::uint8_t* codes;
  const std::uint16_t* scales;
  std::size_t groups;
  std::size_t prefetch_bytes;  // prefetch distance for codes
};

/// The panel of a packed integer matrix that begins at row `row`.
inline PanelView panel_view(const PackedMatrix& matrix, std::size_t row,
                            std::size_t prefetch_bytes) {
  const bool int4 = matrix.format == MatrixFormat::int4;
  const std::size_t panel_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  const std::size_t groups = packed::groups(std::size_t{matrix.columns});
  const std::size_t block = row / packed::panel_rows * groups;
  return {matrix.codes + block * panel_bytes, matrix.scales + block * packed::panel_rows, groups,
          prefetch_bytes};
}

/// Rows [row_begin, row_end) of an f32 or f16 matrix times one vector.
template <typename V, typename Element>
void multiply_floats(const PackedMatrix& matrix, const float* x, float* y, std::size_t row_begin,
                     std::size_t row_end) {
  const auto* weights = reinterpret_cast<const Element*>(matrix.codes);
  for (std::size_t n = row_begin; n < row_end; ++n) {
    y[n] = dot<V>(x, weights + n * matrix.columns, matrix.columns);
  }
  if (row_end != matrix.rows) return;
  const std::size_t padded = (row_end + packed::panel_rows - 1) / packed::panel_rows;
  for (std::size_t n = row_end; n < padded * packed::panel_rows; ++n) y[n] = 0;
}

/// `tokens` vectors from token t on, for one panel. Panel gives it internal linkage. Apart from its
/// callers, so that its registers do not depend on what else they hold.
template <typename Panel, std::size_t tokens>
[[gnu::noinline]] void multiply_tokens(const PanelView& panel, bool int4, const Activations& x,
                                       std::size_t t, float* y, std::size_t y_stride) {
  QuantizedVector vectors[tokens];
  float* out[tokens];
  for (std::size_t i = 0; i < tokens; ++i) {
    vectors[i] = {x.quantized.codes + (t + i) * x.code_stride,
                  x.quantized.scales + (t + i) * x.group_stride,
                  x.quantized.offsets + (t + i) * x.group_stride};
    out[i] = y + (t + i) * y_stride;
  }
  if (int4) {
    Panel::template multiply<true, tokens>(panel, vectors, out);
  } else {
    Panel::template multiply<false, tokens>(panel, vectors, out);
  }
}

/// `count` ≤ `tokens` vectors from token t on, for one panel.
template <typename Panel, std::size_t tokens>
void multiply_block(const PanelView& panel, bool int4, const Activations& x, std::size_t t,
                    std::size_t count, float* y, std::size_t y_stride) {
  if (count == tokens) return multiply_tokens<Panel, tokens>(panel, int4, x, t, y, y_stride);
  if constexpr (tokens > 1) {
    multiply_block<Panel, tokens - 1>(panel, int4, x, t, count, y, y_stride);
  }
}

/// How many of `left` tokens the next block has. The last two blocks are about equal, because the
/// products of one or two tokens wait for each other's results; the first of them is even, for
/// sets that multiply two tokens at once.
template <std::size_t most>
constexpr std::size_t next_block(std::size_t left) {
  if (left <= most) return left;
  return left >= 2 * most ? most : (left + 3) / 4 * 2;
}

/// All vectors, for one panel, in as few blocks as possible, because each block loads and unpacks
/// the panel again.
template <typename Panel>
void multiply_one_panel(const PanelView& panel, bool int4, const Activations& x, float* y,
                        std::size_t y_stride) {
  constexpr std::size_t most = Panel::most_tokens;
  for (std::size_t t = 0; t < x.tokens;) {
    const std::size_t count = next_block<most>(x.tokens - t);
    multiply_block<Panel, most>(panel, int4, x, t, count, y, y_stride);
    t += count;
  }
}

/// All vectors, for the panels of rows [row, row_end), panels_together at a time. The last two
/// calls divide their panels evenly.
template <typename Panel>
void multiply_many(const PackedMatrix& matrix, const Activations& x, float* y, std::size_t y_stride,
                   std::size_t row, std::size_t row_end) {
  const bool int4 = matrix.format == MatrixFormat::int4;
  while (row < row_end) {
    const std::size_t left = packed::panels(row_end - row);
    constexpr std::size_t most = Panel::panels_together;
    const std::size_t count = left <= most ? left : left >= 2 * most ? most : (left + 1) / 2;
    PanelView views[most];
    for (std::size_t p = 0; p < count; ++p) {
      views[p] = panel_view(matrix, row + p * packed::panel_rows, x.prefetch_bytes);
    }
    if (int4) {
      Panel::template many<true>(views, count, x, y + row, y_stride);
    } else {
      Panel::template many<false>(views, count, x, y + row, y_stride);
    }
    row += count * packed::panel_rows;
  }
}

/// The entry `multiply` for f32 and f16. The outer loop is over panels and the inner one over
/// tokens, so that weights are read from memory once.
template <typename V>
void multiply_float_rows(const PackedMatrix& matrix, const Activations& x, float* y,
                         std::size_t y_stride, std::size_t row_begin, std::size_t row_end) {
  const auto product =
      is_f32(matrix.format) ? multiply_floats<V, float> : multiply_floats<V, std::uint16_t>;
  for (std::size_t row = row_begin; row < row_end; row += packed::panel_rows) {
    const std::size_t end = row + packed::panel_rows < row_end ? row + packed::panel_rows : row_end;
    for (std::size_t t = 0; t < x.tokens; ++t) {
      product(matrix, x.floats + t * x.float_stride, y + t * y_stride, row, end);
    }
  }
}

/// The entry `multiply`, in the same order.
template <typename V, typename Panel>
void multiply(const PackedMatrix& matrix, const Activations& x, float* y, std::size_t y_stride,
              std::size_t row_begin, std::size_t row_end) {
  // The constant is tested here too: otherwise clang counts calls that a build lacks when it
  // decides what to inline.
  if (features::float_weights && is_float(matrix.format)) {
    return multiply_float_rows<V>(matrix, x, y, y_stride, row_begin, row_end);
  }
  if constexpr (requires { Panel::panels_together; }) {
    if (x.tokens >= Panel::many_tokens) {
      return multiply_many<Panel>(matrix, x, y, y_stride, row_begin, row_end);
    }
  }
  const bool int4 = matrix.format == MatrixFormat::int4;
  for (std::size_t row = row_begin; row < row_end; row += packed::panel_rows) {
    const PanelView panel = panel_view(matrix, row, x.prefetch_bytes);
    multiply_one_panel<Panel>(panel, int4, x, y + row, y_stride);
  }
}

}  // namespace ringlet::simd
