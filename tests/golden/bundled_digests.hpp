// Digests of the bundled model over 128 tokens, in a context of 64 with 4 sinks and a hot window of
// 16. Written by
//
//   ringlet_golden_tests --gtest_also_run_disabled_tests --gtest_filter='*PrintBundledDigests'
//
// They equal those of `ringlet digest --kv FORMAT --hot-window 16`. Change them only together with
// the model file or the specification of the arithmetic.
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
    {KvFormat::f32, 0x3E33AE4C1C5F9A22},
    {KvFormat::f16, 0xB86BC365F9829BAE},
    {KvFormat::int8, 0xDC1283D63F0DA786},
    {KvFormat::int4, 0x3720EEDCB3A7A0AB},
};

/// The same for a model whose INT8 weights take all values: `ringlet-convert --weights int8
/// --random llama:dim=128,layers=2,heads=4,kv_heads=2,ffn=384,vocab=1024,context=512,tied=1`. (The
/// bundled model's weights are integer multiples of INT4 scales, so in INT8 they are the same
/// numbers and have the same digests.)
inline constexpr BundledDigest random_int8_digests[] = {
    {KvFormat::f32, 0x6CC66721CFA3BB2C},
    {KvFormat::f16, 0xCBF552C8EB31C643},
    {KvFormat::int8, 0x9EBDCF7BA5ED3C0F},
    {KvFormat::int4, 0x86C6801B1742E843},
};

/// The same for a model with convolutions: `--random
/// llama:dim=64,layers=3,heads=4,kv_heads=2,ffn=96,vocab=320,context=512,tied=1,conv=3,attention=1`.
inline constexpr BundledDigest random_hybrid_digests[] = {
    {KvFormat::f32, 0xBFEE14A828CC6A5E},
    {KvFormat::f16, 0x9901AFE3223A6D06},
    {KvFormat::int8, 0x30B72495EDB13FA7},
    {KvFormat::int4, 0x3F62E3560E505CBE},
};

/// The same for a model with gated delta rules: `--random
/// llama:dim=32,layers=3,heads=2,kv_heads=1,head_dim=16,ffn=64,vocab=320,context=512,tied=1,conv=4,
/// state_heads=4,state_key_heads=2,state_head_dim=32,state_key_dim=16,attention=1`.
inline constexpr BundledDigest random_delta_digests[] = {
    {KvFormat::f32, 0x13513110E638DB06},
    {KvFormat::f16, 0x7A9B5952418FBEFF},
    {KvFormat::int8, 0x9210696E09CD9D5B},
    {KvFormat::int4, 0xA35BD326B8721FE8},
};

/// The same for a model whose layers differ: `--random
/// llama:dim=32,layers=4,heads=2,kv_heads=1,head_dim=16,ffn=16,vocab=260,context=512,tied=1,
/// window=40,local_head_dim=8,readers=1,reader_ffn=32,layer_inputs=8,attention=1`.
inline constexpr BundledDigest random_layered_digests[] = {
    {KvFormat::f32, 0x88DDA6B66B115472},
    {KvFormat::f16, 0x0B019A5912E927D5},
    {KvFormat::int8, 0x9C6DAADA497D9309},
    {KvFormat::int4, 0x0D998B21D10734EC},
};

}  // namespace ringlet::test
