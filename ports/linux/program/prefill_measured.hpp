// What `--prefill auto` knows: where XNNPACK was measured against the kernels, and what came of it.
// ports/linux/xnnpack/README.md has the figures. What is not here was not measured, and stays with
// the kernels.
#pragma once

#include <string_view>

#include "ringlet/formats.hpp"

namespace ringlet::cli {

struct MeasuredPrefill {
  std::string_view kernels;  // the set that the processor's class runs best
  MatrixFormat format;       // of the weights
  bool xnnpack_is_faster;
  const char* result;
};

inline constexpr MeasuredPrefill measured_prefills[] = {
    {"avx512", MatrixFormat::int4, false, "the kernels were faster"},
};

}  // namespace ringlet::cli
