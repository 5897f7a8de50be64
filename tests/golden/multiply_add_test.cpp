// Compares the integer multiply-add with that of this processor for millions of triples. As a long
// job: RINGLET_TRIPLES=500000000 ringlet_golden_tests --gtest_filter='MultiplyAdd*'.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "numerics/fused_multiply_add.hpp"
#include "support/float_triples.hpp"

namespace ringlet {
namespace {

std::uint64_t triples_to_try() {
  const char* const asked = std::getenv("RINGLET_TRIPLES");
  return asked == nullptr ? 4'000'000 : std::strtoull(asked, nullptr, 10);
}

TEST(MultiplyAdd, ByIntegersEqualsTheProcessorS) {
  const std::uint64_t count = triples_to_try();
  ASSERT_GT(count, 0U);
  test::FloatTriples triples(2);
  for (std::uint64_t i = 0; i < count; ++i) {
    const test::FloatTriple triple = triples.next();
    const float expected = std::fma(triple.a, triple.b, triple.c);
    const float sum = exact_fused_multiply_add(triple.a, triple.b, triple.c);
    if (std::isnan(expected) && std::isnan(sum)) continue;
    ASSERT_EQ(std::bit_cast<std::uint32_t>(sum), std::bit_cast<std::uint32_t>(expected))
        << std::hexfloat << triple.a << " " << triple.b << " " << triple.c;
  }
}

}  // namespace
}  // namespace ringlet
