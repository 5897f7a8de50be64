#include "calibrate/panel_product.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace ringlet::convert {
namespace {

/// Columns whose part of a panel stays in the first cache.
constexpr std::size_t column_block = 256;
/// Lanes of one pass: their sums stay in registers.
constexpr std::size_t lane_block = 16;

template <typename T, std::size_t bytes>
using Vector [[gnu::vector_size(bytes)]] = T;

/// `height` rows times one block of lanes.
template <typename T, std::size_t bytes, std::size_t height, bool subtract>
[[gnu::always_inline]] inline void multiply_tile(const T* matrix, std::size_t stride,
                                                 std::size_t columns, const T* panel, T* out,
                                                 std::size_t out_stride) {
  constexpr std::size_t width = bytes / sizeof(T);
  constexpr std::size_t vectors = lane_block / width;
  std::array<std::array<Vector<T, bytes>, vectors>, height> sums;
  for (std::size_t j = 0; j < height; ++j) {
    for (std::size_t v = 0; v < vectors; ++v) {
      std::memcpy(&sums[j][v], out + j * out_stride + v * width, bytes);
    }
  }
  for (std::size_t k = 0; k < columns; ++k) {
    std::array<Vector<T, bytes>, vectors> x;
    for (std::size_t v = 0; v < vectors; ++v) {
      std::memcpy(&x[v], panel + k * panel_lanes + v * width, bytes);
    }
    for (std::size_t j = 0; j < height; ++j) {
      const T factor = matrix[j * stride + k];
      for (std::size_t v = 0; v < vectors; ++v) {
        if constexpr (subtract) {
          sums[j][v] -= x[v] * factor;
        } else {
          sums[j][v] += x[v] * factor;
        }
      }
    }
  }
  for (std::size_t j = 0; j < height; ++j) {
    for (std::size_t v = 0; v < vectors; ++v) {
      std::memcpy(out + j * out_stride + v * width, &sums[j][v], bytes);
    }
  }
}

template <typename T, std::size_t bytes, bool subtract>
[[gnu::always_inline]] inline void multiply(const MatrixPart<T>& matrix, const T* panel, T* out,
                                            std::size_t out_stride) {
  constexpr std::size_t height = 16 / sizeof(T);  // 8 sums in vectors of 32 bytes
  for (std::size_t first = 0; first < matrix.columns; first += column_block) {
    const std::size_t columns = std::min(column_block, matrix.columns - first);
    for (std::size_t lane = 0; lane < panel_lanes; lane += lane_block) {
      const T* x = panel + first * panel_lanes + lane;
      std::size_t j = 0;
      for (; j + height <= matrix.rows; j += height) {
        multiply_tile<T, bytes, height, subtract>(matrix.data + j * matrix.stride + first,
                                                  matrix.stride, columns, x,
                                                  out + j * out_stride + lane, out_stride);
      }
      for (; j < matrix.rows; ++j) {
        multiply_tile<T, bytes, 1, subtract>(matrix.data + j * matrix.stride + first, matrix.stride,
                                             columns, x, out + j * out_stride + lane, out_stride);
      }
    }
  }
}

template <typename T>
using Function = void(const MatrixPart<T>&, const T*, T*, std::size_t);

template <typename T, bool subtract>
void multiply_portable(const MatrixPart<T>& matrix, const T* panel, T* out,
                       std::size_t out_stride) {
  multiply<T, 16, subtract>(matrix, panel, out, out_stride);
}

#if defined(__x86_64__)
template <typename T, bool subtract>
[[gnu::target("avx2")]] void multiply_avx2(const MatrixPart<T>& matrix, const T* panel, T* out,
                                           std::size_t out_stride) {
  multiply<T, 32, subtract>(matrix, panel, out, out_stride);
}
#endif

template <typename T, bool subtract>
Function<T>* best() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) return multiply_avx2<T, subtract>;
#endif
  return multiply_portable<T, subtract>;
}

}  // namespace

void add_product(const MatrixPart<float>& matrix, const float* panel, float* out,
                 std::size_t out_stride) {
  best<float, false>()(matrix, panel, out, out_stride);
}

void add_product(const MatrixPart<double>& matrix, const double* panel, double* out,
                 std::size_t out_stride) {
  best<double, false>()(matrix, panel, out, out_stride);
}

void subtract_product(const MatrixPart<float>& matrix, const float* panel, float* out,
                      std::size_t out_stride) {
  best<float, true>()(matrix, panel, out, out_stride);
}

void subtract_product(const MatrixPart<double>& matrix, const double* panel, double* out,
                      std::size_t out_stride) {
  best<double, true>()(matrix, panel, out, out_stride);
}

}  // namespace ringlet::convert
