// The table of kernels that an instruction set provides. The contracts are stated here and in
// scalar/, whose code is the specification: every other set gives the same bits.
//
// All kernels are stateless and allocate nothing. Codes, scales and activations are aligned to 64
// at the start of a plane. Outputs must not overlap inputs unless a contract allows it. Sums of
// floats follow numerics/reduction.hpp. Sizes are in elements.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cache_view.hpp"
#include "kernels/packed_matrix.hpp"
#include "ringlet/kernels.hpp"

namespace ringlet {

/// Activations of `tokens` vectors for a matrix product. Integer formats read `quantized`, f32 and
/// f16 read `floats`. Consecutive tokens are `float_stride` floats, `code_stride` codes and
/// `group_stride` groups apart.
struct Activations {
  const float* floats = nullptr;
  QuantizedVector quantized;
  std::uint32_t tokens = 1;
  std::uint32_t float_stride = 0;
  std::uint32_t code_stride = 0;
  std::uint32_t group_stride = 0;
  /// Prefetch distance for weights, in bytes. It affects only speed, and a set can ignore it.
  std::uint32_t prefetch_bytes = 2048;
};

/// A change of a tile of a recurrent state (KernelSet::recur): it fades by `decay`, and u·kᵀ is
/// added.
struct StateUpdate {
  const float* u;  // 16
  const float* k;  // one for each column
  float decay;
};

/// What a token reads from a tile, and the change that it makes of it.
struct StateStep {
  const float* k;
  const float* q;
  const float* v;  // 16
  float decay;
  float beta;
  float k_dot_q;
  float* u;    // 16, the result
  float* out;  // 16, the result
};

/// Attention state of one query head: the running softmax over the segments so far.
struct SoftmaxState {
  float maximum = 0;
  float sum = 0;
};

struct KernelSet {
  const char* name;

  /// Quantizes one vector in groups of 32: amax = max|x|; scale = amax/127; codes = rne(x ·
  /// (127/amax)), clamped to ±127. A group with amax < 2^-60 is all zero. `x` has `columns`
  /// entries; the last group is padded with zeros.
  void (*quantize)(const float* x, std::size_t columns, const QuantizedVector& out);

  /// y[t·y_stride + n] = Σ_k W[n][k] · x_t[k] for rows [row_begin, row_end) of each token.
  /// row_begin is a multiple of 16; row_end is one too, or the number of rows. `y` must have room
  /// for whole panels of 16 rows; the padding of the last panel is set to zero.
  ///
  /// Integer formats, per row: acc = 0; for each group in ascending order acc = fma(float(dot),
  /// scale_w·scale_x, acc). f32: the canonical dot product of numerics/reduction.hpp. f16: the
  /// same, with the weights converted to floats.
  void (*multiply)(const PackedMatrix& matrix, const Activations& x, float* y, std::size_t y_stride,
                   std::size_t row_begin, std::size_t row_end);

  /// Writes row `row` of a matrix as floats: float(code) · scale. `y` has `columns` entries.
  void (*dequantize_row)(const PackedMatrix& matrix, std::size_t row, float* y);

  /// y = x · (1/sqrt(mean(x²) + epsilon)) · weight; all NaN if the mean is not finite. y can be x.
  void (*rms_norm)(const float* x, const float* weight, float* y, std::size_t n, float epsilon);

  /// y[i] = silu(gate[i]) · up[i], with silu(a) = a · (1/(1 + exp(−a))). y can be gate or up.
  void (*silu_multiply)(const float* gate, const float* up, float* y, std::size_t n);

  /// y[i] = (1/(1 + exp(−gate[i]))) · up[i]. y can be gate or up.
  void (*sigmoid_multiply)(const float* gate, const float* up, float* y, std::size_t n);

  /// y[i] = gelu(x[i]) · up[i], or gelu(x[i]) if `up` is null, in the two forms of
  /// numerics/gelu.hpp. y can be x or up.
  void (*gelu_tanh)(const float* x, const float* up, float* y, std::size_t n);
  void (*gelu_erf)(const float* x, const float* up, float* y, std::size_t n);

  /// y[i] += x[i].
  void (*add)(const float* x, float* y, std::size_t n);

  /// A convolution of each of n channels with taps of its own: y[i] = start[i], or 0 if `start` is
  /// null; then, for each of `count` rows in order, y[i] = fma(taps[j·tap_stride + i], rows[j][i],
  /// y[i]). y can be any of the rows.
  void (*convolve)(const float* const* rows, const float* taps, std::size_t tap_stride,
                   std::size_t count, const float* start, std::size_t n, float* y);

  /// Σ a[i]·b[i] with the canonical dot product.
  float (*dot)(const float* a, const float* b, std::size_t n);

  /// A step of a linear recurrence, for a tile of 16 rows of its state, which lie side by side:
  /// element r of column i is tile[16·i + r]. The state S is `from`, or zero if that is null. Each
  /// of `count` updates in order makes S[r][i] = fma(u[r], k[i], S[r][i] · decay), or 0 if that is
  /// below 2^-80 in magnitude. The result goes to `to`, unless that is null; it can be `from`.
  ///
  /// Then, unless `step` is null, a[r] = Σ_i S[r][i] · k[i] and c[r] = Σ_i S[r][i] · q[i], each in
  /// four fused partial sums by i modulo 4, added as (0 + 2) + (1 + 3); u = fma(a, −decay, v) ·
  /// beta; out = fma(u, k_dot_q, c · decay): what the updated state would give for q. columns is a
  /// multiple of 4.
  void (*recur)(const float* from, float* to, std::size_t columns, const StateUpdate* updates,
                std::size_t count, const StateStep* step);

  /// cosine[i], sine[i] of the angle position · steps[i], where 2^64 is one turn, with exact range
  /// reduction.
  void (*rotary_table)(std::uint64_t position, const std::uint64_t* steps, std::size_t pairs,
                       float* cosine, float* sine);

  /// Rotates the pairs (x[i], x[i + pairs]) by the angles of a table: y[i] = fma(x[i], c,
  /// −(x[i+pairs]·s)), y[i+pairs] = fma(x[i+pairs], c, x[i]·s). y can be x.
  void (*rotate)(const float* x, const float* cosine, const float* sine, std::size_t pairs,
                 float* y);

  /// Quantizes a query to INT8 with one scale: codes = rne(q · (127/amax)), scale = amax/127 ·
  /// factor. A zero query has zero codes and scale. `codes` is padded with zeros to a multiple of
  /// 32.
  void (*quantize_query)(const float* query, std::size_t head_dim, float factor, std::int8_t* codes,
                         float* scale);

  /// Scores of `heads` queries that share a kv head against the 32 positions of a page, so that
  /// keys are loaded once: scores[h·score_stride + j]. Queries are padded(head_dim, 32) codes apart
  /// for INT8 and INT4, head_dim floats apart otherwise.
  ///
  /// INT8: float(Σ codes·key_codes) · (key_scale[j] · query_scales[h]).
  void (*score_int8)(const CachePage& page, const std::int8_t* queries, const float* query_scales,
                     std::size_t heads, std::size_t head_dim, float* scores,
                     std::size_t score_stride);
  /// INT4: acc = 0; for each group of 32 dimensions in ascending order acc = fma(float(Σ
  /// codes·key_codes), key_scale, acc); the score is acc · query_scales[h].
  void (*score_int4)(const CachePage& page, const std::int8_t* queries, const float* query_scales,
                     std::size_t heads, std::size_t head_dim, float* scores,
                     std::size_t score_stride);
  /// f32 and f16: dot(query, key_j) · factor with the canonical dot product, for the first
  /// `positions` of the page. The others are not read and score zero.
  void (*score_float)(const CachePage& page, KvFormat format, const float* queries, float factor,
                      std::size_t heads, std::size_t head_dim, std::size_t positions, float* scores,
                      std::size_t score_stride);

  /// Adds the contribution of a key bias (KeyBiasTerms) to the scores of `heads` query heads
  /// against the 32 positions of a page: acc = offsets[h]; for each pair in ascending order acc =
  /// fma(real, C_i[j], acc), acc = fma(imaginary, −S_i[j], acc); scores[h·score_stride + j] += acc.
  void (*add_key_bias)(const KeyBiasTerms& terms, std::size_t heads, float* scores,
                       std::size_t score_stride);

  /// Softmax of one segment. Finds the maximum of scores[first, last), replaces each of them by
  /// exp(score − maximum) (0 below −60) and all others in [0, count) by 0, and returns the maximum
  /// and the canonical sum. count is a multiple of 32, and first < last. A score that is not finite
  /// makes the sum NaN and every weight 0.
  SoftmaxState (*softmax_segment)(float* scores, std::size_t first, std::size_t last,
                                  std::size_t count);

  /// Adds the weighted values of a page for `heads` query heads: out[h·head_dim + i] += Σ_j
  /// weights[h·weight_stride + j] · value_j[i] over the 32 positions. Weights are in [0, 1], as
  /// softmax_segment leaves them.
  ///
  /// INT8: w[j] = weight·value_scale[j] is quantized to 15 bits, rne(w · (16256/max)), and the
  /// integer sum is added as fma(float(sum), max/16256, out). A page with max < 2^-60 adds nothing.
  void (*accumulate_int8)(const CachePage& page, const float* weights, std::size_t weight_stride,
                          std::size_t heads, std::size_t head_dim, float* out);
  /// INT4: like INT8, with separate weights and sums for each group of 32 dimensions. Value scales
  /// can be negative: max is the largest magnitude, and levels are in −16256…16256.
  void (*accumulate_int4)(const CachePage& page, const float* weights, std::size_t weight_stride,
                          std::size_t heads, std::size_t head_dim, float* out);
  /// f32 and f16: out = fma(weight_j, value_j[i], out), with j ascending over positions [first,
  /// last).
  void (*accumulate_float)(const CachePage& page, KvFormat format, const float* weights,
                           std::size_t weight_stride, std::size_t first, std::size_t last,
                           std::size_t heads, std::size_t head_dim, float* out);

  /// Folds a segment (its state and weighted values) into the running state of the same query head:
  /// m = max; the factor of each side is exp(its maximum − m), 0 below −60; total.sum =
  /// fma(segment.sum, join, total.sum·keep), and likewise each total_values[i].
  void (*combine)(const SoftmaxState& segment, const float* segment_values, std::size_t head_dim,
                  SoftmaxState& total, float* total_values);

  /// Applies an orthonormal Hadamard matrix (Sylvester's construction) to x in place. n is divided
  /// greedily into powers of two (80 = 64 + 16), and each block is transformed separately with the
  /// butterflies of numerics/hadamard.hpp. The transform is its own inverse.
  void (*hadamard)(float* x, std::size_t n);

  /// y[i] = x[i] · factor. y can be x.
  void (*scale)(const float* x, float factor, std::size_t n, float* y);

  /// Quantizes a key or value to INT8 and returns the bits of its scale: scale = fp16(amax/127), at
  /// least 2^-14; codes = rne(x · (1/scale)), clamped to ±127. All zero if amax < 2^-60. `codes`
  /// has n entries.
  std::uint16_t (*quantize_int8)(const float* x, std::size_t n, std::int8_t* codes);

  /// Quantizes a group of 1 ≤ n ≤ 32 numbers to codes in −8…7, padded with zeros to 32. Returns the
  /// bits of their scale, an fp16 of either sign, zero or at least 2^-14 in magnitude.
  ///
  /// Let m be the first number of largest magnitude. Each step m/c for c in −8, −7.3, −8.7 gives
  /// codes rne(x · (c/m)), clamped to −8…7, and the fit s = Σ x·code / Σ code² (canonical dot
  /// product). The step with the largest s · Σ x·code, and thus the least squared error, wins; the
  /// first one on ties. If the fit is below 2^-14, the codes are those of ±2^-14. If |m| < 2^-60,
  /// all is zero.
  std::uint16_t (*quantize_int4)(const float* x, std::size_t n, std::int8_t* codes);

  /// y[i] = x[i] − (Σ x)/n with the canonical sum. y can be x. rms_norm of the result is LayerNorm.
  void (*center)(const float* x, float* y, std::size_t n);

  /// y[i] = fma(2·cap, 1/(1 + exp(−(x[i] · (2/cap)))), −cap), which is cap · tanh(x[i] / cap). NaN
  /// if x[i] is not finite. y can be x.
  void (*soft_cap)(const float* x, float cap, std::size_t n, float* y);

  /// The largest of n numbers; −infinity if there is none. NaN is passed over. Among numbers below
  /// 2^-126 in magnitude, zeros included, it can be any. Null in a build for size.
  float (*maximum)(const float* x, std::size_t n);

  /// The probability of each logit relative to the highest, `best`: 1 if both are +infinity, else
  /// exp((x[i] − best) / temperature) with a true division, which is 0 for NaN. Returns the
  /// canonical sum. The weights go to y, unless that is null; it can be x. best is above −infinity,
  /// no number is above it, and temperature is a finite number above 0.
  float (*weigh)(const float* x, float best, float temperature, std::size_t n, float* y);
};

}  // namespace ringlet
