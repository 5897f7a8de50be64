// The same bits on every target: digests of random models, whose weights come from integers, for
// every format of weights and cache, equal the golden ones. x86-64, aarch64 and armv7 run this same
// file.
#include "golden/digests.hpp"

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <string>
#include <vector>

#include "ringlet/digest.hpp"
#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

struct Subject {
  std::string name;
  Recipe recipe;
  convert::WriteOptions weights;
  KvFormats kv;
};

Recipe shape(std::uint32_t heads, std::uint32_t kv_heads, std::uint32_t head_dim,
             std::uint32_t rotary_dim) {
  Recipe recipe{.architecture = architecture_with_heads(heads, kv_heads, head_dim)};
  recipe.architecture.rotary_dim = rotary_dim;
  recipe.architecture.dim = 44;
  recipe.architecture.hidden_dim = 70;
  recipe.architecture.vocab_size = 51;
  return recipe;
}

std::vector<Subject> subjects() {
  constexpr KvFormats k8v4{KvFormat::int8, KvFormat::int4};
  const std::pair<const char*, KvFormats> caches[] = {{"f32", KvFormat::f32},
                                                      {"f16", KvFormat::f16},
                                                      {"int8", KvFormat::int8},
                                                      {"k8v4", k8v4},
                                                      {"int4", KvFormat::int4}};
  Recipe grouped = shape(6, 3, 24, 24);
  grouped.windows = {0, 9};
  Recipe partial = shape(4, 1, 80, 16);
  partial.architecture.tied_embedding = false;
  partial.hadamard_keys = true;
  const std::pair<const char*, Recipe> shapes[] = {{"grouped", grouped}, {"partial", partial}};
  std::vector<Subject> all;
  for (const auto& [name, recipe] : shapes) {
    for (const auto& weights : {all_f32, all_int8, all_int4}) {
      for (const auto& [kv_name, kv] : caches) {
        const std::string formats = std::string(name_of(weights.weights)) + "_kv_" + kv_name;
        all.push_back({std::string(name) + "_" + formats, recipe, weights, kv});
      }
    }
  }
  Recipe biased = shape(6, 3, 24, 16);
  biased.hadamard_keys = true;
  biased.key_bias = 0.5F;
  for (const auto& [kv_name, kv] : caches) {
    if (!is_integer(kv.keys)) continue;
    all.push_back({std::string("biased_f32_kv_") + kv_name, biased, all_f32, kv});
  }
  Recipe hybrid = shape(6, 3, 24, 24);
  hybrid.architecture.layers = 3;
  hybrid.architecture.convolution = 4;
  hybrid.mixers = {Mixer::short_convolution, Mixer::attention, Mixer::short_convolution};
  for (const auto& weights : {all_f32, all_int8, all_int4}) {
    all.push_back({std::string("hybrid_") + name_of(weights.weights) + "_kv_int8", hybrid, weights,
                   KvFormat::int8});
  }
  Recipe delta = shape(6, 3, 24, 24);
  delta.architecture.layers = 3;
  delta.mixers = {Mixer::gated_delta, Mixer::attention, Mixer::gated_delta};
  add_state(delta.architecture);
  for (const auto& weights : {all_f32, all_int8, all_int4}) {
    all.push_back({std::string("delta_") + name_of(weights.weights) + "_kv_int8", delta, weights,
                   KvFormat::int8});
  }
  Recipe layered = shape(6, 3, 24, 24);
  add_differences(layered);
  for (const auto& weights : {all_f32, all_int8, all_int4}) {
    all.push_back({std::string("layered_") + name_of(weights.weights) + "_kv_int4", layered,
                   weights, KvFormat::int4});
  }
  return all;
}

std::uint64_t digest_of(const Subject& subject, const KernelSet& kernels, std::uint32_t chunk) {
  const LoadedModel file(subject.recipe, subject.weights);
  const Config config{
      .context = 57, .sinks = 5, .kv = subject.kv, .hot_window = 16, .prefill_chunk = 16};
  LiveSession live(file.model, config, {}, kernels);
  const auto value = digest(live.session, {.tokens = 160, .chunk = chunk});
  EXPECT_TRUE(value.ok()) << line(value.status());
  return *value;
}

class Digests : public testing::TestWithParam<const KernelSet*> {};

TEST_P(Digests, AreTheGoldenOnes) {
  const std::vector<Subject> all = subjects();
  ASSERT_EQ(all.size(), std::size(golden_digests));
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].name, golden_digests[i].name);
    EXPECT_EQ(digest_of(all[i], *GetParam(), 1), golden_digests[i].value) << all[i].name;
    EXPECT_EQ(digest_of(all[i], *GetParam(), 16), golden_digests[i].value)
        << all[i].name << " in chunks";
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, Digests, testing::ValuesIn(kernel_sets()), set_name);

TEST(GoldenValues, DISABLED_PrintDigests) {
  for (const Subject& subject : subjects()) {
    std::printf("    {\"%s\", 0x%016" PRIX64 "},\n", subject.name.c_str(),
                digest_of(subject, scalar_kernels(), 1));
  }
}

}  // namespace
}  // namespace ringlet::test
