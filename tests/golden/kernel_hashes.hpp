// Hashes of every kernel over the inputs of support/kernel_cases.cpp. Written by
//
//   ringlet_golden_tests --gtest_also_run_disabled_tests --gtest_filter='*PrintKernelHashes'
//
// Change them only together with the specification of the arithmetic.
#pragma once

#include "support/kernel_cases.hpp"

namespace ringlet::test {

inline const std::vector<KernelHash> golden_kernel_hashes = {
    {"quantize", 0x38A421D5AA16C9BB},      {"multiply_f32", 0x814DB223EE8027FB},
    {"multiply_int8", 0x851B1DE0FFB569FC}, {"multiply_int4", 0x6C8DB094C0737BD0},
    {"elementwise", 0xA1885FBDA90C554C},   {"gelu", 0x52A4BF30C9B28242},
    {"rotary", 0x8D01A81C27C519C7},        {"scores_f32", 0x19AB8ED09A3D03F1},
    {"values_f32", 0xD1CFD801C1470A7F},    {"scores_f16", 0x6DD6D62FF87AF553},
    {"values_f16", 0x25A562EAB585239B},    {"scores_int8", 0xB1E166BEB454DCEF},
    {"values_int8", 0x30C33378CF355499},   {"scores_int4", 0x86FFD50EBE72B4BB},
    {"values_int4", 0xACC425F97E95E1CE},   {"hadamard", 0xC9C695F31772CB13},
    {"softmax", 0xB7816A3E3312234D},       {"key_bias", 0x68F300A6D02BEC50},
    {"recurrence", 0xB601C9906B7158DB},    {"cache_codes", 0x93A5E7C6F2B92E40},
    {"sampling", 0x7478B885EEF18F45},
};

}  // namespace ringlet::test
