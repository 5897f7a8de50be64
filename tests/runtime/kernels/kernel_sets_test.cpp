// The instruction sets of this program: how they are found, and their self-test.
#include "support/kernel_sets.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "golden/self_test_hash.hpp"
#include "kernels/scalar/scalar.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::test {
namespace {

TEST(InstructionSets, EndWithScalarAndHaveNamesOfTheirOwn) {
  const auto sets = port::instruction_sets();
  ASSERT_FALSE(sets.empty());
  EXPECT_EQ(sets.back().name(), "scalar");
  EXPECT_TRUE(sets.back().runs_here());
  for (const port::InstructionSet& a : sets) {
    for (const port::InstructionSet& b : sets) EXPECT_EQ(&a == &b, a.name() == b.name());
  }
}

TEST(InstructionSets, AreFoundByNameOrRefusedInOneLine) {
  for (const port::InstructionSet& set : port::instruction_sets()) {
    if (set.runs_here()) {
      EXPECT_EQ(&port::find_kernels(set.name()), &set.kernels());
    } else {
      EXPECT_THROW(static_cast<void>(port::find_kernels(set.name())), port::Failure);
    }
  }
  EXPECT_THROW(static_cast<void>(port::find_kernels("mmx")), port::Failure);
  EXPECT_EQ(&port::find_kernels("auto"), kernel_sets().front());
  EXPECT_EQ(&port::best_kernels(), kernel_sets().front());
}

TEST(InstructionSets, HaveABaselineThatRunsHere) {
  const auto runnable = kernel_sets();
  EXPECT_NE(std::find(runnable.begin(), runnable.end(), &baseline_kernels()), runnable.end());
}

TEST(SelfTest, IsTheSameNumberForEverySetAndEveryTarget) {
  for (const KernelSet* set : kernel_sets()) {
    EXPECT_EQ(self_test(*set), golden_self_test) << name_of(*set);
    EXPECT_TRUE(port::passes_self_test(*set));
  }
}

TEST(SelfTest, NoticesAWrongFunction) {
  KernelSet wrong = scalar_kernels();
  wrong.combine = [](const SoftmaxState& segment, const float* values, std::size_t head_dim,
                     SoftmaxState& total, float* total_values) {
    scalar::combine(segment, values, head_dim, total, total_values);
    total_values[head_dim - 1] *= 1.0F + 0x1p-23F;
  };
  EXPECT_FALSE(port::passes_self_test(wrong));
  wrong = scalar_kernels();
  wrong.scale = [](const float* x, float factor, std::size_t n, float* y) {
    for (std::size_t i = 0; i < n; ++i) y[i] = x[i] / (1.0F / factor);
  };
  EXPECT_FALSE(port::passes_self_test(wrong));
}

}  // namespace
}  // namespace ringlet::test
