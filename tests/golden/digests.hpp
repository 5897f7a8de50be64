// Digests of random models with awkward shapes over 160 tokens, four wraps of their rings. Written
// by
//
//   ringlet_golden_tests --gtest_also_run_disabled_tests --gtest_filter='*PrintDigests'
//
// Change them only together with the specification of the arithmetic or, for int8 and int4, with
// the converter's quantizer, which creates the weights. (The hashes of kernel_hashes.hpp do not
// depend on the converter: if those still hold and only the digests of one weight format moved, the
// quantizer has changed.)
#pragma once

#include <cstdint>

namespace ringlet::test {

struct GoldenDigest {
  const char* name;
  std::uint64_t value;
};

inline constexpr GoldenDigest golden_digests[] = {
    {"grouped_f32_kv_f32", 0x57CCA5C4507C10FF},   {"grouped_f32_kv_f16", 0x51022640A3733BA8},
    {"grouped_f32_kv_int8", 0xF6D17DC9CA4802E3},  {"grouped_f32_kv_k8v4", 0x738F36A255ECBD38},
    {"grouped_f32_kv_int4", 0xFB90F7D1790FD98A},  {"grouped_int8_kv_f32", 0x691F19DA9D66270C},
    {"grouped_int8_kv_f16", 0x6AA712826777F72B},  {"grouped_int8_kv_int8", 0x9A9D624F4FE6AAC0},
    {"grouped_int8_kv_k8v4", 0x1958221084657AF5}, {"grouped_int8_kv_int4", 0xFE0C8585B39A4FD6},
    {"grouped_int4_kv_f32", 0x3F08049FE83FD7BD},  {"grouped_int4_kv_f16", 0xC0E0DD749185A4FD},
    {"grouped_int4_kv_int8", 0x58D3B141E24788B5}, {"grouped_int4_kv_k8v4", 0xD3A6321442201A6E},
    {"grouped_int4_kv_int4", 0x9C94A711B66C1F5D}, {"partial_f32_kv_f32", 0x4447D03C79FC438C},
    {"partial_f32_kv_f16", 0x260211CAD9665BF3},   {"partial_f32_kv_int8", 0x98E3378FC490A7BE},
    {"partial_f32_kv_k8v4", 0x7EF4061738939240},  {"partial_f32_kv_int4", 0x20FBAE6612CC8425},
    {"partial_int8_kv_f32", 0xE9549F4BF9FD5178},  {"partial_int8_kv_f16", 0xA74519A4D630B533},
    {"partial_int8_kv_int8", 0x02AC8F7CF0E47638}, {"partial_int8_kv_k8v4", 0xB51FC9B763B341CD},
    {"partial_int8_kv_int4", 0xF472F0317E09E7D6}, {"partial_int4_kv_f32", 0x53BF04D189A5A768},
    {"partial_int4_kv_f16", 0xFCE2139460AC4B01},  {"partial_int4_kv_int8", 0xFD089D24A2C8384B},
    {"partial_int4_kv_k8v4", 0x4DC5756DB1D39F2B}, {"partial_int4_kv_int4", 0xEE3F67C382F0E86B},
    {"biased_f32_kv_int8", 0x7778BFBC76A7EAE1},   {"biased_f32_kv_k8v4", 0x55172F6FA020086A},
    {"biased_f32_kv_int4", 0x38868EBC29BF9ACB},   {"hybrid_f32_kv_int8", 0x1D7855FAF1F19A91},
    {"hybrid_int8_kv_int8", 0x797E54FC83CA1E6A},  {"hybrid_int4_kv_int8", 0xAEE7E3E7F4C41720},
    {"delta_f32_kv_int8", 0x5BCE78F1462E3DB7},    {"delta_int8_kv_int8", 0x91546761AB242746},
    {"delta_int4_kv_int8", 0x1606173B453E39AE},   {"layered_f32_kv_int4", 0xFE7AD2D2C639D2DC},
    {"layered_int8_kv_int4", 0x593BAD10AD3598D7}, {"layered_int4_kv_int4", 0xCBCFE3ED02C0D550},
};

}  // namespace ringlet::test
