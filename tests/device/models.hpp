// The models inside the program, as firmware has them in flash.
#pragma once

#include <cstddef>
#include <span>

#include "golden/bundled_digests.hpp"

extern "C" const std::byte ringlet_model_storyteller[], ringlet_model_storyteller_end[];
extern "C" const std::byte ringlet_model_storyteller_int8[], ringlet_model_storyteller_int8_end[];
extern "C" const std::byte ringlet_model_random_int8[], ringlet_model_random_int8_end[];
extern "C" const std::byte ringlet_model_random_hybrid[], ringlet_model_random_hybrid_end[];
extern "C" const std::byte ringlet_model_random_delta[], ringlet_model_random_delta_end[];
extern "C" const std::byte ringlet_model_random_layered[], ringlet_model_random_layered_end[];

namespace ringlet::test {

struct DeviceModel {
  const char* name;
  std::span<const std::byte> bytes;  // aligned to 64
  std::span<const BundledDigest> digests;
};

/// The bundled model in INT4 and in INT8 weights, and four of random INT8 weights, of which one
/// has convolutions, one gated delta rules, and one layers that differ.
inline const DeviceModel device_models[] = {
    {"storyteller", {ringlet_model_storyteller, ringlet_model_storyteller_end}, bundled_digests},
    {"storyteller_int8",
     {ringlet_model_storyteller_int8, ringlet_model_storyteller_int8_end},
     bundled_digests},
    {"random_int8",
     {ringlet_model_random_int8, ringlet_model_random_int8_end},
     random_int8_digests},
    {"random_hybrid",
     {ringlet_model_random_hybrid, ringlet_model_random_hybrid_end},
     random_hybrid_digests},
    {"random_delta",
     {ringlet_model_random_delta, ringlet_model_random_delta_end},
     random_delta_digests},
    {"random_layered",
     {ringlet_model_random_layered, ringlet_model_random_layered_end},
     random_layered_digests},
};

}  // namespace ringlet::test
