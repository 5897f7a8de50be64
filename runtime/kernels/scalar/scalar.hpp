// The scalar kernels by name, so that other sets can use them as entries. The contracts are in
// kernel_set.hpp.
#pragma once

#include "kernels/kernel_set.hpp"

namespace ringlet::scalar {

// Weights of a page are quantized to 15 bits, so that two products with 7-bit planes represent them
// exactly.
inline constexpr float weight_levels = 16256.0F;  // 127 · 128

// multiply.cpp
void quantize(const float* x, std::size_t columns, const QuantizedVector& out);
void multiply(const PackedMatrix& matrix, const Activations& x, float* y, std::size_t y_stride,
              std::size_t row_begin, std::size_t row_end);
void dequantize_row(const PackedMatrix& matrix, std::size_t row, float* y);

// elementwise.cpp
void rms_norm(const float* x, const float* weight, float* y, std::size_t n, float epsilon);
void silu_multiply(const float* gate, const float* up, float* y, std::size_t n);
void gelu_tanh(const float* x, const float* up, float* y, std::size_t n);
void gelu_erf(const float* x, const float* up, float* y, std::size_t n);
void sigmoid_multiply(const float* gate, const float* up, float* y, std::size_t n);
void add(const float* x, float* y, std::size_t n);
void scale(const float* x, float factor, std::size_t n, float* y);
void rotary_table(std::uint64_t position, const std::uint64_t* steps, std::size_t pairs,
                  float* cosine, float* sine);
void rotate(const float* x, const float* cosine, const float* sine, std::size_t pairs, float* y);

void hadamard(float* x, std::size_t n);
void center(const float* x, float* y, std::size_t n);
void soft_cap(const float* x, float cap, std::size_t n, float* y);

// sampling.cpp
float maximum(const float* x, std::size_t n);
float weigh(const float* x, float best, float temperature, std::size_t n, float* y);

// recurrence.cpp
/// Elements of a recurrent state that are smaller are zero.
inline constexpr float smallest_state = 0x1p-80F;
void convolve(const float* const* rows, const float* taps, std::size_t tap_stride,
              std::size_t count, const float* start, std::size_t n, float* y);
float dot(const float* a, const float* b, std::size_t n);
void recur(const float* from, float* to, std::size_t columns, const StateUpdate* updates,
           std::size_t count, const StateStep* step);

// attention.cpp
void quantize_query(const float* query, std::size_t head_dim, float factor, std::int8_t* codes,
                    float* scale);
void score_int8(const CachePage& page, const std::int8_t* queries, const float* query_scales,
                std::size_t heads, std::size_t head_dim, float* scores, std::size_t score_stride);
void score_float(const CachePage& page, KvFormat format, const float* queries, float factor,
                 std::size_t heads, std::size_t head_dim, std::size_t positions, float* scores,
                 std::size_t score_stride);
SoftmaxState softmax_segment(float* scores, std::size_t first, std::size_t last, std::size_t count);
void accumulate_int8(const CachePage& page, const float* weights, std::size_t weight_stride,
                     std::size_t heads, std::size_t head_dim, float* out);
void accumulate_float(const CachePage& page, KvFormat format, const float* weights,
                      std::size_t weight_stride, std::size_t first, std::size_t last,
                      std::size_t heads, std::size_t head_dim, float* out);
void combine(const SoftmaxState& segment, const float* segment_values, std::size_t head_dim,
             SoftmaxState& total, float* total_values);

// int4_pages.cpp
void score_int4(const CachePage& page, const std::int8_t* queries, const float* query_scales,
                std::size_t heads, std::size_t head_dim, float* scores, std::size_t score_stride);
void accumulate_int4(const CachePage& page, const float* weights, std::size_t weight_stride,
                     std::size_t heads, std::size_t head_dim, float* out);

// key_bias.cpp
void add_key_bias(const KeyBiasTerms& terms, std::size_t heads, float* scores,
                  std::size_t score_stride);

// cache_codes.cpp
inline constexpr std::size_t int4_steps = 3;
/// The code of the largest element of an INT4 group with the i-th step. Not an array, which a set
/// would emit for others to share.
[[gnu::always_inline]] constexpr float int4_end(std::size_t i) {
  return i == 0 ? -8.0F : i == 1 ? -7.3F : -8.7F;
}
std::uint16_t quantize_int8(const float* x, std::size_t n, std::int8_t* codes);
std::uint16_t quantize_int4(const float* x, std::size_t n, std::int8_t* codes);

}  // namespace ringlet::scalar
