// Digests of the bundled model over 128 tokens in a context of 64 with 4 sinks and a hot window
// of 16. Written by
//   ringlet_golden_tests --gtest_also_run_disabled_tests --gtest_filter='*PrintBundledDigests'
// (the same numbers as `ringlet digest --kv FORMAT --hot-window 16`) and changed only together with
// the model file or the arithmetic's specification.
#pragma once

#include <cstdint>

#include "ringlet/config.hpp"

namespace ringlet::test {

inline constexpr Config bundled_digest_config{
    .context = 64, .sinks = 4, .kv = {}, .hot_window = 16};

struct BundledDigest {
  KvFormat kv;
  std::uint64_t value;
};

inline constexpr BundledDigest bundled_digests[] = {
    {KvFormat::f32, 0x4E27F79A03EEC23E},
    {KvFormat::f16, 0x51E5D7AD1282D97C},
    {KvFormat::int8, 0x41C720CF96E5ACCA},
};

}  // namespace ringlet::test
