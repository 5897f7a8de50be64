// The formats of matrices and caches that this build has. Without a feature these are constants, so
// the compiler removes the code behind the test.
#pragma once

#include "base/features.hpp"
#include "ringlet/formats.hpp"

namespace ringlet {

constexpr bool is_f32(MatrixFormat format) noexcept {
  return features::float_weights && format == MatrixFormat::f32;
}
constexpr bool is_f16(MatrixFormat format) noexcept {
  return features::float_weights && format == MatrixFormat::f16;
}
constexpr bool is_float(MatrixFormat format) noexcept { return is_f32(format) || is_f16(format); }

constexpr bool is_int4(KvFormat format) noexcept {
  return features::int4_cache && format == KvFormat::int4;
}

}  // namespace ringlet
