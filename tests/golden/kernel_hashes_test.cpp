// Every kernel set gives the same bits, on every target: hashes over fixed inputs equal the golden
// ones.
#include "golden/kernel_hashes.hpp"

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>

#include "support/kernel_sets.hpp"

namespace ringlet::test {
namespace {

class KernelHashes : public testing::TestWithParam<const KernelSet*> {};

TEST_P(KernelHashes, AreTheGoldenOnes) {
  const std::vector<KernelHash> actual = kernel_hashes(*GetParam());
  ASSERT_EQ(actual.size(), golden_kernel_hashes.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    EXPECT_EQ(actual[i].kernel, golden_kernel_hashes[i].kernel);
    EXPECT_EQ(actual[i].hash, golden_kernel_hashes[i].hash) << actual[i].kernel;
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, KernelHashes, testing::ValuesIn(kernel_sets()), set_name);

TEST(GoldenValues, DISABLED_PrintKernelHashes) {
  for (const KernelHash& entry : kernel_hashes(scalar_kernels())) {
    std::printf("    {\"%s\", 0x%016" PRIX64 "},\n", entry.kernel.c_str(), entry.hash);
  }
}

}  // namespace
}  // namespace ringlet::test
