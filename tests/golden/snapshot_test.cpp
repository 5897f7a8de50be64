// The snapshot of a session is the same bytes on every target, for every kernel set and however the
// tokens were divided: the checksums of the bundled model's planes equal the golden ones.
#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "golden/bundled_digests.hpp"
#include "ringlet/digest.hpp"
#include "session/snapshot_header.hpp"
#include "support/kernel_sets.hpp"
#include "support/snapshots.hpp"

namespace ringlet::test {
namespace {

/// After the 100 first tokens of the digest's sequence in bundled_digest_config. Written by
///   ringlet_golden_tests --gtest_also_run_disabled_tests --gtest_filter='*PrintSnapshotChecksums'
/// and changed only together with the model file, the arithmetic's specification or the layout.
struct Golden {
  KvFormat kv;
  std::uint32_t planes;
};
constexpr Golden golden[] = {{KvFormat::f32, 0x9AB8E4A9},
                             {KvFormat::f16, 0xD0F875E8},
                             {KvFormat::int8, 0x9AA2BC4B},
                             {KvFormat::int4, 0xC16E9B61}};

AlignedBytes bundled_file() {
  std::ifstream file(RINGLET_BUNDLED_MODEL, std::ios::binary);
  EXPECT_TRUE(file) << RINGLET_BUNDLED_MODEL;
  const std::vector<char> content{std::istreambuf_iterator<char>(file), {}};
  return AlignedBytes(std::as_bytes(std::span(content)));
}

AlignedBytes bundled_snapshot(const Model& model, KvFormat kv, std::uint32_t chunk,
                              const KernelSet& kernels) {
  Config config = bundled_digest_config;
  config.kv = kv;
  LiveSession live(model, config, {}, kernels);
  EXPECT_TRUE(digest(live.session, {.tokens = 100, .chunk = chunk}).ok());
  return snapshot_of(live.session);
}

std::uint32_t planes_checksum(const AlignedBytes& snapshot) {
  SnapshotChecksums checksums{};
  std::memcpy(&checksums, snapshot.data() + snapshot.size() - sizeof(checksums), sizeof(checksums));
  return checksums.planes;
}

TEST(BundledSnapshot, HasTheGoldenPlanes) {
  const AlignedBytes file = bundled_file();
  const auto model = Model::open(file.span());
  ASSERT_TRUE(model.ok()) << line(model.status());
  for (const auto& [kv, expected] : golden) {
    for (const KernelSet* set : kernel_sets()) {
      const AlignedBytes stepwise = bundled_snapshot(*model, kv, 1, *set);
      EXPECT_EQ(planes_checksum(stepwise), expected) << name_of(kv) << " " << name_of(*set);
      const AlignedBytes chunked = bundled_snapshot(*model, kv, 16, *set);
      ASSERT_EQ(stepwise.size(), chunked.size());
      EXPECT_EQ(std::memcmp(stepwise.data(), chunked.data(), stepwise.size()), 0) << name_of(kv);
    }
  }
}

TEST(GoldenValues, DISABLED_PrintSnapshotChecksums) {
  const AlignedBytes file = bundled_file();
  const auto model = Model::open(file.span());
  ASSERT_TRUE(model.ok()) << line(model.status());
  for (const Golden& entry : golden) {
    std::printf("{KvFormat::%s, 0x%08" PRIX32 "},\n", name_of(entry.kv),
                planes_checksum(bundled_snapshot(*model, entry.kv, 1, scalar_kernels())));
  }
}

}  // namespace
}  // namespace ringlet::test
