// The measurements behind `--prefill auto`: XNNPACK against the kernels. XNNPACK is selected where
// it was at least twice as fast, because it needs a second copy of the weights and time to create
// it. The figures are in ports/linux/xnnpack/README.md. Combinations that are not listed were not
// measured and use the kernels.
#pragma once

#include <string_view>

#include "ringlet/formats.hpp"

namespace ringlet::cli {

struct MeasuredPrefill {
  std::string_view kernels;  // the best set for the processor's class
  MatrixFormat format;       // of the weights
  bool take_xnnpack;
  const char* result;
};

inline constexpr MeasuredPrefill measured_prefills[] = {
    {"avx512", MatrixFormat::f32, true, "XNNPACK was 2.9 to 6.7 times as fast"},
    {"avx512", MatrixFormat::f16, true, "XNNPACK was 2.6 to 4.4 times as fast"},
    {"avx512", MatrixFormat::int4, false,
     "XNNPACK was 0.3 to 1.2 times as fast, which is not worth its copy of the weights"},
    {"avx512", MatrixFormat::int8, false,
     "XNNPACK was 0.3 to 1.2 times as fast, which is not worth its copy of the weights"},
};

}  // namespace ringlet::cli
