// Digests of random models with awkward shapes over 160 tokens, four wraps of their rings. Written
// by
//   ringlet_golden_tests --gtest_also_run_disabled_tests --gtest_filter='*PrintDigests'
// and changed only together with the arithmetic's specification.
#pragma once

#include <cstdint>

namespace ringlet::test {

struct GoldenDigest {
  const char* name;
  std::uint64_t value;
};

inline constexpr GoldenDigest golden_digests[] = {
    {"grouped_f32_kv_f32", 0x2A467E747F654749},   {"grouped_f32_kv_f16", 0xE4E23DC6980395A9},
    {"grouped_f32_kv_int8", 0xF9A7A333940DDCEB},  {"grouped_int8_kv_f32", 0x52CAE9700F4B1871},
    {"grouped_int8_kv_f16", 0xA43119835F84A69C},  {"grouped_int8_kv_int8", 0x975416B90E5B5003},
    {"grouped_int4_kv_f32", 0x5C10FFB5B48B7E9C},  {"grouped_int4_kv_f16", 0xC275F5F8769C1156},
    {"grouped_int4_kv_int8", 0x61B3D24D50C9CCE6}, {"partial_f32_kv_f32", 0x1FAD81D6B2D39B25},
    {"partial_f32_kv_f16", 0x11438CA6BE30989D},   {"partial_f32_kv_int8", 0xDC801BC7BCE809F4},
    {"partial_int8_kv_f32", 0xA82665147245B02A},  {"partial_int8_kv_f16", 0x5BD7AD3D3DD9D5F1},
    {"partial_int8_kv_int8", 0x4DB4EDE28BFA1CFA}, {"partial_int4_kv_f32", 0x4F8B05D2E87B8036},
    {"partial_int4_kv_f16", 0x586BC8B6B1476911},  {"partial_int4_kv_int8", 0xAEBD5CAB2FB64E7B},
};

}  // namespace ringlet::test
