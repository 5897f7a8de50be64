#include "quantize/scale_trials.hpp"

#include <array>
#include <cstring>

#include "numerics/rounding.hpp"

namespace ringlet::convert {
namespace {

constexpr std::size_t size = packed::group_size;
constexpr double double_rounding_magic = 0x1.8p52;

// The loops are templates of the size of a vector in bytes. They are always inlined, so that each
// function below compiles them with its own instructions.
template <std::size_t bytes>
using Floats [[gnu::vector_size(bytes)]] = float;
template <std::size_t bytes>
using Doubles [[gnu::vector_size(bytes)]] = double;

template <std::size_t bytes, bool limited, bool weighted>
[[gnu::always_inline]] inline void fit(const TrialGroup& group, const float* inverse,
                                       std::size_t count, float* products, float* squares) {
  using Vector = Floats<bytes>;
  constexpr std::size_t partial_sums = 8;
  const Vector lowest = Vector{} - 8.0F;
  const Vector highest = Vector{} + 7.0F;
  for (std::size_t first = 0; first < count; first += bytes / sizeof(float)) {
    Vector step;
    std::memcpy(&step, inverse + first, bytes);
    Vector product{};
    Vector square{};
    for (std::size_t partial = 0; partial < partial_sums; ++partial) {
      Vector some_products{};
      Vector some_squares{};
      for (std::size_t i = partial; i < size; i += partial_sums) {
        Vector code = (step * group.weights[i] + rounding_magic) - rounding_magic;
        if constexpr (limited) {
          code = code < lowest ? lowest : code;
          code = code > highest ? highest : code;
        }
        if constexpr (weighted) {
          some_products += (code * group.weights[i]) * group.importance[i];
          some_squares += (code * code) * group.importance[i];
        } else {
          some_products += code * group.weights[i];
          some_squares += code * code;
        }
      }
      product += some_products;
      square += some_squares;
    }
    std::memcpy(products + first, &product, bytes);
    std::memcpy(squares + first, &square, bytes);
  }
}

template <std::size_t bytes, bool weighted>
[[gnu::always_inline]] inline void add_errors(const TrialGroup& group, CodeRange range,
                                              const float* scales, std::size_t count,
                                              double* errors) {
  using Vector = Doubles<bytes>;
  constexpr std::size_t lanes = bytes / sizeof(double);
  const Vector lowest = Vector{} + static_cast<double>(range.lowest);
  const Vector highest = Vector{} + static_cast<double>(range.highest);
  for (std::size_t first = 0; first < count; first += lanes) {
    std::array<double, lanes> wide;
    for (std::size_t lane = 0; lane < lanes; ++lane) wide[lane] = scales[first + lane];
    Vector scale;
    std::memcpy(&scale, wide.data(), bytes);
    Vector sum{};
    for (std::size_t i = 0; i < size; ++i) {
      const double weight = group.weights[i];
      Vector ratio = weight / scale;
      ratio = ratio < lowest ? lowest : ratio;
      ratio = ratio > highest ? highest : ratio;
      const Vector code = (ratio + double_rounding_magic) - double_rounding_magic;
      const Vector error = weight - scale * code;
      if constexpr (weighted) {
        sum += (error * error) * static_cast<double>(group.importance[i]);
      } else {
        sum += error * error;
      }
    }
    std::memcpy(errors + first, &sum, bytes);
  }
}

template <std::size_t bytes>
[[gnu::always_inline]] inline void find_distances(const float* weights, const float* inverse,
                                                  std::size_t count, float tolerance,
                                                  float* distances) {
  using Vector = Floats<bytes>;
  constexpr std::size_t lanes = bytes / sizeof(float);
  constexpr std::size_t stride = 4;  // weights between two looks whether any lane is still near
  for (std::size_t first = 0; first < count; first += lanes) {
    Vector step;
    std::memcpy(&step, inverse + first, bytes);
    Vector farthest{};
    for (std::size_t begin = 0; begin < size; begin += stride) {
      for (std::size_t i = begin; i < begin + stride; ++i) {
        const Vector ratio = step * weights[i];
        const Vector difference = ratio - ((ratio + rounding_magic) - rounding_magic);
        const Vector distance = difference < 0.0F ? -difference : difference;
        farthest = farthest < distance ? distance : farthest;
      }
      std::memcpy(distances + first, &farthest, bytes);
      bool near = false;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        near = near || distances[first + lane] < tolerance;
      }
      if (!near) break;
    }
  }
}

template <std::size_t bytes, bool limited>
[[gnu::always_inline]] inline void fit_any(const TrialGroup& group, const float* inverse,
                                           std::size_t count, float* products, float* squares) {
  group.importance != nullptr
      ? fit<bytes, limited, true>(group, inverse, count, products, squares)
      : fit<bytes, limited, false>(group, inverse, count, products, squares);
}

template <std::size_t bytes>
[[gnu::always_inline]] inline void add_any(const TrialGroup& group, CodeRange range,
                                           const float* scales, std::size_t count, double* errors) {
  group.importance != nullptr ? add_errors<bytes, true>(group, range, scales, count, errors)
                              : add_errors<bytes, false>(group, range, scales, count, errors);
}

/// NAME: a ScaleTrials with vectors of BYTES, its functions compiled with the attribute TARGET.
#define RINGLET_SCALE_TRIALS(NAME, BYTES, TARGET)                                                 \
  struct NAME {                                                                                   \
    TARGET static void fit_int4(const TrialGroup& group, const float* inverse, std::size_t count, \
                                float* products, float* squares) {                                \
      fit_any<BYTES, true>(group, inverse, count, products, squares);                             \
    }                                                                                             \
    TARGET static void fit_unlimited(const TrialGroup& group, const float* inverse,               \
                                     std::size_t count, float* products, float* squares) {        \
      fit_any<BYTES, false>(group, inverse, count, products, squares);                            \
    }                                                                                             \
    TARGET static void errors(const TrialGroup& group, CodeRange range, const float* scales,      \
                              std::size_t count, double* to) {                                    \
      add_any<BYTES>(group, range, scales, count, to);                                            \
    }                                                                                             \
    TARGET static void distances(const float* weights, const float* inverse, std::size_t count,   \
                                 float tolerance, float* to) {                                    \
      find_distances<BYTES>(weights, inverse, count, tolerance, to);                              \
    }                                                                                             \
    static constexpr ScaleTrials trials{fit_int4, fit_unlimited, errors, distances};              \
  };

RINGLET_SCALE_TRIALS(Portable, 16, )
#if defined(__x86_64__)
RINGLET_SCALE_TRIALS(Avx2, 32, [[gnu::target("avx2")]])
#endif
#undef RINGLET_SCALE_TRIALS

}  // namespace

const ScaleTrials& portable_trials() noexcept { return Portable::trials; }

const ScaleTrials& best_trials() noexcept {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) return Avx2::trials;
#endif
  return Portable::trials;
}

}  // namespace ringlet::convert
