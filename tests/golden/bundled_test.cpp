// The bundled model on every target: the digests of its logits, for every format of the cache and
// every kernel set, equal the golden ones.
#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "golden/bundled_digests.hpp"
#include "ringlet/digest.hpp"
#include "support/aligned.hpp"
#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

AlignedBytes bundled_file() {
  std::ifstream file(RINGLET_BUNDLED_MODEL, std::ios::binary);
  EXPECT_TRUE(file) << RINGLET_BUNDLED_MODEL;
  const std::vector<char> content{std::istreambuf_iterator<char>(file), {}};
  const auto* bytes = reinterpret_cast<const std::byte*>(content.data());
  return AlignedBytes(std::span(bytes, content.size()));
}

std::uint64_t digest_of(const Model& model, KvFormat kv, std::uint32_t chunk,
                        const KernelSet& kernels) {
  Config config = bundled_digest_config;
  config.kv = kv;
  LiveSession live(model, config, {}, kernels);
  const auto value = digest(live.session, {.tokens = 128, .chunk = chunk});
  EXPECT_TRUE(value.ok()) << line(value.status());
  return *value;
}

class BundledModel : public testing::TestWithParam<const KernelSet*> {};

TEST_P(BundledModel, HasTheGoldenDigests) {
  const AlignedBytes file = bundled_file();
  const auto model = Model::open(file.span());
  ASSERT_TRUE(model.ok()) << line(model.status());
  for (const auto& [kv, expected] : bundled_digests) {
    EXPECT_EQ(digest_of(*model, kv, 1, *GetParam()), expected) << name_of(kv);
    EXPECT_EQ(digest_of(*model, kv, 16, *GetParam()), expected) << name_of(kv) << " in chunks";
  }
}

/// The logits after 100 tokens of the fixed sequence, given as one prompt, hashed.
std::uint64_t digest_of_prompt(const Model& model, KvFormat kv, std::uint32_t chunk,
                               const KernelSet& kernels) {
  Config config = bundled_digest_config;
  config.kv = kv;
  config.prefill_chunk = chunk;
  LiveSession live(model, config, {}, kernels);
  std::vector<TokenId> tokens(100);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    tokens[i] = digest_token(i, model.architecture().vocab_size, 1);
  }
  const Status status = live.session.prefill(tokens);
  EXPECT_TRUE(status.ok()) << line(status);
  Digest digest;
  digest.add(live.session.logits());
  return digest.value();
}

TEST_P(BundledModel, ReadsAPromptInChunksOfAnySize) {
  const AlignedBytes file = bundled_file();
  const auto model = Model::open(file.span());
  ASSERT_TRUE(model.ok()) << line(model.status());
  for (const KvFormat kv : {KvFormat::int8, KvFormat::int4}) {
    const std::uint64_t expected = digest_of_prompt(*model, kv, 1, *GetParam());
    for (const std::uint32_t chunk : {2U, 7U, 16U, 64U, 100U}) {
      EXPECT_EQ(digest_of_prompt(*model, kv, chunk, *GetParam()), expected)
          << name_of(kv) << " chunk " << chunk;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, BundledModel, testing::ValuesIn(kernel_sets()), set_name);

TEST(BundledFile, IsIntactAndSmall) {
  const AlignedBytes file = bundled_file();
  const auto model = Model::open(file.span());
  ASSERT_TRUE(model.ok()) << line(model.status());
  const Status status = model->verify_data();
  EXPECT_TRUE(status.ok()) << line(status);
  EXPECT_LE(file.size(), 1'000'000U);
}

TEST(GoldenValues, DISABLED_PrintBundledDigests) {
  const AlignedBytes file = bundled_file();
  const auto model = Model::open(file.span());
  ASSERT_TRUE(model.ok()) << line(model.status());
  for (const KvFormat kv : {KvFormat::f32, KvFormat::f16, KvFormat::int8, KvFormat::int4}) {
    std::printf("    {KvFormat::%s, 0x%016" PRIX64 "},\n", name_of(kv),
                digest_of(*model, kv, 1, scalar_kernels()));
  }
}

}  // namespace
}  // namespace ringlet::test
