// Digests of random models with awkward shapes over 160 tokens, four wraps of their rings. Written
// by
//   ringlet_golden_tests --gtest_also_run_disabled_tests --gtest_filter='*PrintDigests'
// and changed only together with the arithmetic's specification, or, for int8 and int4, with the
// converter's quantizer, which makes the weights. (The hashes of kernel_hashes.hpp do not depend on
// the converter: where those still hold and only digests of one weight format moved, the quantizer
// is what changed.)
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
    {"grouped_int4_kv_f32", 0xE3B59C875329FE4A},  {"grouped_int4_kv_f16", 0x2B72D638B3188C17},
    {"grouped_int4_kv_int8", 0xD7B07CA08AE1E643}, {"partial_f32_kv_f32", 0x1FAD81D6B2D39B25},
    {"partial_f32_kv_f16", 0x11438CA6BE30989D},   {"partial_f32_kv_int8", 0xDC801BC7BCE809F4},
    {"partial_int8_kv_f32", 0xA82665147245B02A},  {"partial_int8_kv_f16", 0x5BD7AD3D3DD9D5F1},
    {"partial_int8_kv_int8", 0x4DB4EDE28BFA1CFA}, {"partial_int4_kv_f32", 0x2D76F4247694B260},
    {"partial_int4_kv_f16", 0xC10F98BABD38EBBD},  {"partial_int4_kv_int8", 0xFBC5607FEC019CD5},
};

}  // namespace ringlet::test
