// Products of packed matrices and many vectors for AVX-512 with VNNI. The codes of three panels are
// unpacked once for all tokens, one stretch of groups at a time, into 108 KiB of stack. Each loaded
// word of activations then serves 48 rows. Sums wait in the output while the next stretch is
// unpacked.
#pragma once

#include <algorithm>

#include "kernels/avx512/panel.hpp"

namespace ringlet::avx512 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// A stretch of groups of one panel, unpacked.
struct Unpacked {
  static constexpr std::size_t most_groups = 64;

  Group codes[most_groups];
  __m512 scales[most_groups];
};

template <bool int4>
inline void unpack(const PanelView& panel, std::size_t first, std::size_t count, Unpacked& out) {
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* codes = panel.codes + (first + i) * group_bytes;
    out.codes[i] = int4 ? load_int4(codes) : load_int8(codes);
    out.scales[i] = Vector::load_half(panel.scales + (first + i) * packed::panel_rows);
  }
}

/// Prefetches the next stretch piece by piece while tokens are multiplied, when memory would be
/// idle. It goes to the second-level cache, because the first is full.
class Ahead {
 public:
  /// The stretch of `count` groups from `first` on of `panels` panels, divided into `pieces`
  /// pieces.
  Ahead(const PanelView* view, std::size_t panels, std::size_t first, std::size_t count,
        std::size_t group_bytes, std::size_t pieces)
      : panels_(panels), lines_((count * group_bytes / 64 + pieces - 1) / pieces) {
    for (std::size_t p = 0; p < panels; ++p) codes_[p] = view[p].codes + first * group_bytes;
  }

  void ask(std::size_t piece) const {
    for (std::size_t p = 0; p < panels_; ++p) {
      // Nothing may follow the last panel, so this is an address and not a pointer.
      const auto address = reinterpret_cast<std::uintptr_t>(codes_[p]) + piece * lines_ * 64;
      for (std::size_t i = 0; i < lines_; ++i) {
        _mm_prefetch(reinterpret_cast<const char*>(address + i * 64), _MM_HINT_T1);
      }
    }
  }

 private:
  const std::uint8_t* codes_[3];
  std::size_t panels_, lines_;
};

/// One token of a block: its activations from the first group of the stretch on, and its sums.
struct BlockToken {
  const std::int8_t* codes;
  const float* scales;
  const std::int32_t* offsets;
  float* y;
};

/// y += a stretch of `count` groups of `panels` panels, for `tokens` tokens. Starts from zero if
/// the stretch is the first.
template <bool int4, std::size_t panels, std::size_t tokens>
inline void add_stretch(const Unpacked* stretch, std::size_t count, bool first,
                        const BlockToken* x) {
  __m512 sums[tokens][panels];
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t p = 0; p < panels; ++p) {
      sums[t][p] = first ? _mm512_setzero_ps() : _mm512_loadu_ps(x[t].y + p * packed::panel_rows);
    }
  }
  for (std::size_t g = 0; g < count; ++g) {
    __m512i dots[tokens][panels];
    for (std::size_t t = 0; t < tokens; ++t) {
      const __m512i start = first_sums<int4>(x[t].offsets[g]);
      for (std::size_t p = 0; p < panels; ++p) dots[t][p] = start;
    }
#pragma GCC unroll 8
    for (std::size_t j = 0; j < 8; ++j) {
#pragma GCC unroll 4
      for (std::size_t t = 0; t < tokens; ++t) {
        const __m512i word = broadcast_word(x[t].codes + g * packed::group_size + 4 * j);
#pragma GCC unroll 3
        for (std::size_t p = 0; p < panels; ++p) {
          dots[t][p] = _mm512_dpbusd_epi32(dots[t][p], stretch[p].codes[g].word[j], word);
        }
      }
    }
    for (std::size_t t = 0; t < tokens; ++t) {
      const __m512 scale = _mm512_set1_ps(x[t].scales[g]);
      for (std::size_t p = 0; p < panels; ++p) {
        sums[t][p] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots[t][p]),
                                     _mm512_mul_ps(stretch[p].scales[g], scale), sums[t][p]);
      }
    }
  }
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t p = 0; p < panels; ++p) {
      _mm512_storeu_ps(x[t].y + p * packed::panel_rows, sums[t][p]);
    }
  }
}

/// The most tokens in a block of add_stretch.
inline constexpr std::size_t block_tokens = 4;

/// Processes all tokens from t on in blocks of `tokens`, and the remainder in one smaller block.
template <bool int4, std::size_t panels, std::size_t tokens = block_tokens>
void add_stretch_from(const Unpacked* stretch, std::size_t first, std::size_t count,
                      const Activations& x, std::size_t t, float* y, std::size_t y_stride,
                      const Ahead& ahead) {
  for (; t + tokens <= x.tokens; t += tokens) {
    if constexpr (tokens == block_tokens) ahead.ask(t / tokens);
    BlockToken block[tokens];
    for (std::size_t i = 0; i < tokens; ++i) {
      const std::size_t groups = (t + i) * x.group_stride + first;
      block[i] = {x.quantized.codes + (t + i) * x.code_stride + first * packed::group_size,
                  x.quantized.scales + groups, x.quantized.offsets + groups,
                  y + (t + i) * y_stride};
    }
    add_stretch<int4, panels, tokens>(stretch, count, first == 0, block);
  }
  if constexpr (tokens > 1) {
    add_stretch_from<int4, panels, tokens - 1>(stretch, first, count, x, t, y, y_stride, ahead);
  }
}

/// Multiplies `panels` consecutive panels by all tokens.
template <bool int4, std::size_t panels>
void multiply_unpacked(const PanelView* view, const Activations& x, float* y,
                       std::size_t y_stride) {
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  const std::size_t groups = view[0].groups;
  Unpacked stretch[panels];
  for (std::size_t first = 0; first < groups; first += Unpacked::most_groups) {
    const std::size_t count = std::min(Unpacked::most_groups, groups - first);
    for (std::size_t p = 0; p < panels; ++p) unpack<int4>(view[p], first, count, stretch[p]);
    // After the last stretch of these panels, the next one is the first stretch of the following
    // panels.
    const std::size_t next = first + count < groups ? first + count : panels * groups;
    const std::size_t most = std::min(Unpacked::most_groups, groups);
    const Ahead ahead(view, panels, next, most, group_bytes, x.tokens / block_tokens);
    add_stretch_from<int4, panels>(stretch, first, count, x, 0, y, y_stride, ahead);
  }
}

struct Panel {
  static constexpr std::size_t most_tokens = 8;
  static constexpr std::size_t panels_together = 3;
  static constexpr std::size_t many_tokens = 32;

  template <bool int4, std::size_t tokens>
  static void multiply(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    multiply_panel<int4, tokens>(panel, x, y);
  }
  template <bool int4>
  static void many(const PanelView* panels, std::size_t count, const Activations& x, float* y,
                   std::size_t y_stride) {
    switch (count) {
      case 3:
        return multiply_unpacked<int4, 3>(panels, x, y, y_stride);
      case 2:
        return multiply_unpacked<int4, 2>(panels, x, y, y_stride);
      default:
        return multiply_unpacked<int4, 1>(panels, x, y, y_stride);
    }
  }
};

}  // namespace
}  // namespace ringlet::avx512
