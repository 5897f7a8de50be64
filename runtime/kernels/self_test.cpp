// The self-test of a kernel set: runs every entry on data made of integers and hashes the results.
// Shapes cover whole vectors, remainders, blocks of heads and tokens, and padding.
#include <bit>
#include <initializer_list>
#include <limits>

#include "base/features.hpp"
#include "kernels/cache_page.hpp"
#include "kernels/kernel_set.hpp"
#include "kernels/packed_layout.hpp"
#include "kernels/scalar/scalar.hpp"

namespace ringlet {
namespace {

/// FNV-1a over whole words.
class Hash {
 public:
  void word(std::uint32_t value) { state_ = (state_ ^ value) * 0x100000001B3U; }
  void floats(const float* values, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) word(std::bit_cast<std::uint32_t>(values[i]));
  }
  void codes(const std::int8_t* values, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) word(static_cast<std::uint8_t>(values[i]));
  }
  void state(const SoftmaxState& value) {
    floats(&value.maximum, 1);
    floats(&value.sum, 1);
  }
  [[nodiscard]] std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xCBF29CE484222325U;
};

/// Noise from a linear congruential generator (Knuth's MMIX constants). Uses only the upper bits.
class Noise {
 public:
  std::uint32_t next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>(state_ >> 33);
  }
  /// Multiples of 2^-10 in [−4, 4).
  void floats(float* out, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      out[i] = (static_cast<float>(next() % 8192) - 4096.0F) * 0x1p-10F;
    }
  }
  void codes(std::uint8_t* out, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      out[i] = static_cast<std::uint8_t>(static_cast<int>(next() % 255) - 127);
    }
  }
  /// Positive normal halves below 2.
  void scales(std::uint16_t* out, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      out[i] = static_cast<std::uint16_t>(0x0400 + next() % 0x3C00);
    }
  }

 private:
  std::uint64_t state_ = 1;
};

void products(const KernelSet& set, Noise& noise, Hash& hash) {
  constexpr std::size_t rows = 20, columns = 72, tokens = 5;
  constexpr std::size_t groups = packed::groups(columns), padded = packed::padded_rows(rows);
  constexpr std::size_t code_stride = packed::padded_columns(columns);
  alignas(64) std::uint8_t plane[packed::int8_bytes(rows, columns)];
  alignas(64) std::uint16_t scales[padded * groups];
  alignas(64) float rows_f32[3 * columns];
  alignas(64) std::int8_t codes[tokens * code_stride];
  float x[tokens * columns], x_scales[tokens * groups], y[tokens * padded], row[columns];
  std::int32_t offsets[tokens * groups];
  noise.codes(plane, sizeof plane);
  noise.scales(scales, padded * groups);
  noise.floats(rows_f32, 3 * columns);
  noise.floats(x, tokens * columns);
  for (std::size_t t = 0; t < tokens; ++t) {
    set.quantize(x + t * columns, columns,
                 {codes + t * code_stride, x_scales + t * groups, offsets + t * groups});
  }
  hash.codes(codes, sizeof codes);
  hash.floats(x_scales, tokens * groups);
  for (const std::int32_t offset : offsets) hash.word(static_cast<std::uint32_t>(offset));

  const Activations view{x, {codes, x_scales, offsets}, tokens, columns, code_stride, groups};
  const auto* f32_plane = reinterpret_cast<const std::uint8_t*>(rows_f32);
  for (const PackedMatrix& matrix :
       {PackedMatrix{plane, scales, rows, columns, MatrixFormat::int4},
        PackedMatrix{plane, scales, rows, columns, MatrixFormat::int8},
        PackedMatrix{f32_plane, nullptr, 3, columns, MatrixFormat::f32}}) {
    if (!features::float_weights && !is_integer(matrix.format)) continue;
    const auto stride = static_cast<std::size_t>(packed::padded_rows(matrix.rows));
    set.multiply(matrix, view, y, stride, 0, matrix.rows);
    hash.floats(y, tokens * stride);
    set.dequantize_row(matrix, 2, row);
    hash.floats(row, columns);
  }
}

void vectors(const KernelSet& set, Noise& noise, Hash& hash) {
  constexpr std::size_t n = 71, pairs = 21;
  float a[n], b[n], y[n], cosine[pairs], sine[pairs];
  noise.floats(a, n);
  noise.floats(b, n);
  set.rms_norm(a, b, y, n, 0x1p-17F);
  hash.floats(y, n);
  set.silu_multiply(a, b, y, n);
  hash.floats(y, n);
  if (features::families) {
    set.gelu_tanh(a, b, y, n);
    hash.floats(y, n);
    set.gelu_erf(a, nullptr, y, n);
    hash.floats(y, n);
  }
  set.add(a, y, n);
  hash.floats(y, n);
  set.scale(a, 0.3F, n, y);
  hash.floats(y, n);
  if (features::recurrent) {
    const float* rows[] = {a, b};
    float taps[2 * n];
    noise.floats(taps, 2 * n);
    set.convolve(rows, taps, n, 2, nullptr, n, y);
    hash.floats(y, n);
    set.convolve(rows, taps, n, 1, b, n, y);
    hash.floats(y, n);
  }
  std::uint64_t steps[pairs];
  for (std::uint64_t& step : steps) step = std::uint64_t{noise.next()} << (noise.next() % 33);
  set.rotary_table(0x123456789U, steps, pairs, cosine, sine);
  hash.floats(cosine, pairs);
  hash.floats(sine, pairs);
  set.rotate(a, cosine, sine, pairs, y);
  hash.floats(y, 2 * pairs);
}

constexpr std::size_t heads = 4, most_dim = 32, count = std::size_t{2} * page::positions;

struct PageData {
  alignas(64) std::uint8_t keys[most_dim * page::positions * sizeof(float)];
  alignas(64) std::uint8_t values[sizeof keys];
  std::uint16_t key_scales[page::positions];
  std::uint16_t value_scales[page::positions];

  PageData(KvFormat format, Noise& noise) {
    for (std::uint8_t* plane : {keys, values}) {
      if (is_integer(format)) noise.codes(plane, sizeof keys);
      if (format == KvFormat::f16) {
        noise.scales(reinterpret_cast<std::uint16_t*>(plane), page::positions * most_dim);
      }
      if (format == KvFormat::f32) {
        noise.floats(reinterpret_cast<float*>(plane), page::positions * most_dim);
      }
    }
    noise.scales(key_scales, page::positions);
    noise.scales(value_scales, page::positions);
  }
  [[nodiscard]] CachePage view() const { return {keys, values, key_scales, value_scales}; }
};

/// Two equal pages, so that a segment has more than one.
void attention(const KernelSet& set, KvFormat format, std::size_t d, Noise& noise, Hash& hash) {
  const PageData data(format, noise);
  const CachePage page = data.view();
  const std::size_t query_stride = page::query_stride(d);
  float queries[heads * most_dim], scores[heads * count], values[heads * most_dim] = {};
  float scales[heads], total_values[most_dim];
  alignas(64) std::int8_t codes[heads * most_dim] = {};
  noise.floats(queries, heads * d);
  set.hadamard(queries, d);
  for (std::size_t h = 0; h < heads; ++h) {
    set.quantize_query(queries + h * d, d, 0.25F, codes + h * query_stride, scales + h);
  }
  hash.codes(codes, heads * query_stride);
  hash.floats(scales, heads);
  for (std::size_t base = 0; base < count; base += page::positions) {
    if (is_integer(format)) {
      const auto score = format == KvFormat::int8 ? set.score_int8 : set.score_int4;
      score(page, codes, scales, heads, d, scores + base, count);
    } else {
      set.score_float(page, format, queries, 0.25F, heads, d, page::positions, scores + base,
                      count);
    }
  }
  hash.floats(scores, heads * count);
  SoftmaxState segments[heads];
  for (std::size_t h = 0; h < heads; ++h) {
    segments[h] = set.softmax_segment(scores + h * count, 3, count - 5, count);
    hash.state(segments[h]);
  }
  if (is_integer(format)) {
    const auto accumulate = format == KvFormat::int8 ? set.accumulate_int8 : set.accumulate_int4;
    accumulate(page, scores, count, heads, d, values);
  } else {
    set.accumulate_float(page, format, scores, count, 3, page::positions, heads, d, values);
  }
  hash.floats(values, heads * d);
  noise.floats(total_values, d);
  SoftmaxState total = segments[1];
  set.combine(segments[0], values, d, total, total_values);
  hash.state(total);
  hash.floats(total_values, d);
}

/// Two updates of a tile, and what a token reads from it.
void recurrence(const KernelSet& set, Noise& noise, Hash& hash) {
  if (!features::recurrent) return;
  constexpr std::size_t columns = 20, rows = packed::panel_rows;
  float tile[columns * rows], u[2 * rows], k[3 * columns], q[columns], v[rows], out[rows];
  float change[rows];
  noise.floats(tile, columns * rows);
  noise.floats(u, 2 * rows);
  noise.floats(k, 3 * columns);
  noise.floats(q, columns);
  noise.floats(v, rows);
  const StateUpdate updates[] = {{u, k, 0.5F}, {u + rows, k + columns, 0.3F}};
  const StateStep step{.k = k + std::size_t{2} * columns,
                       .q = q,
                       .v = v,
                       .decay = 0.7F,
                       .beta = 0.2F,
                       .k_dot_q = set.dot(k, q, columns),
                       .u = change,
                       .out = out};
  set.recur(nullptr, nullptr, columns, updates, 1, &step);
  hash.floats(out, rows);
  set.recur(tile, tile, columns, updates, 2, &step);
  hash.floats(tile, columns * rows);
  hash.floats(out, rows);
  hash.floats(change, rows);
  set.sigmoid_multiply(k, k + columns, q, columns);
  hash.floats(q, columns);
}

void key_bias(const KernelSet& set, Noise& noise, Hash& hash) {
  if (!features::key_bias) return;
  constexpr std::uint16_t pairs[] = {0, 1, 3};
  constexpr std::size_t pair_count = 3;
  float turns[key_bias_turns(4)], phasors[heads * 2 * pair_count], offsets[heads];
  float scores[heads * page::positions];
  noise.floats(turns, key_bias_turns(4));
  noise.floats(phasors, heads * 2 * pair_count);
  noise.floats(offsets, heads);
  noise.floats(scores, heads * page::positions);
  set.add_key_bias({turns, pairs, pair_count, phasors, offsets}, heads, scores, page::positions);
  hash.floats(scores, heads * page::positions);
}

/// Codes of the cache, for a group with and without a remainder.
void cache_codes(const KernelSet& set, Noise& noise, Hash& hash) {
  constexpr std::size_t numbers = 64;
  float x[numbers];
  std::int8_t codes[numbers];
  noise.floats(x, numbers);
  hash.word(set.quantize_int8(x, 50, codes));
  hash.codes(codes, 50);
  if (!features::int4_cache) return;
  for (const std::size_t n : {std::size_t{32}, std::size_t{24}}) {
    hash.word(set.quantize_int4(x + n, n, codes));
    hash.codes(codes, 32);
  }
}

/// Kernels for families beyond Llama.
void other_families(const KernelSet& set, Noise& noise, Hash& hash) {
  constexpr std::size_t n = 71;
  float x[n], y[n];
  std::uint16_t halves[2 * n];
  noise.floats(x, n);
  noise.scales(halves, 2 * n);
  if (features::families) {
    set.center(x, y, n);
    hash.floats(y, n);
    set.soft_cap(x, 1.5F, n, y);
    hash.floats(y, n);
  }
  if (!features::float_weights) return;
  const PackedMatrix matrix{reinterpret_cast<const std::uint8_t*>(halves), nullptr, 2, n,
                            MatrixFormat::f16};
  float sums[packed::panel_rows];
  set.multiply(matrix, {.floats = x, .quantized = {}}, sums, packed::panel_rows, 0, 2);
  hash.floats(sums, packed::panel_rows);
  set.dequantize_row(matrix, 1, y);
  hash.floats(y, n);
}

/// A whole vocabulary's weights, and those of some candidates.
void sampling(const KernelSet& set, Noise& noise, Hash& hash) {
  constexpr std::size_t n = 71;
  float logits[n], weights[n];
  noise.floats(logits, n);
  logits[3] = -std::numeric_limits<float>::infinity();
  const float best = (features::for_size ? scalar::maximum : set.maximum)(logits, n);
  for (const float temperature : {0.0625F, 0.8F}) {
    const float sums[] = {best, set.weigh(logits, best, temperature, n, weights),
                          set.weigh(logits, best, temperature, n - 7, nullptr)};
    hash.floats(sums, 3);
    hash.floats(weights, n);
  }
}

}  // namespace

std::uint64_t self_test(const KernelSet& kernels) noexcept {
  Noise noise;
  Hash hash;
  products(kernels, noise, hash);
  vectors(kernels, noise, hash);
  for (const KvFormat format : {KvFormat::int8, KvFormat::int4, KvFormat::f16, KvFormat::f32}) {
    if (!features::int4_cache && format == KvFormat::int4) continue;
    attention(kernels, format, 24, noise, hash);
    attention(kernels, format, 32, noise, hash);
  }
  recurrence(kernels, noise, hash);
  key_bias(kernels, noise, hash);
  cache_codes(kernels, noise, hash);
  other_families(kernels, noise, hash);
  sampling(kernels, noise, hash);
  return hash.value();
}

}  // namespace ringlet
