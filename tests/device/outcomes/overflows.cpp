// A function that calls itself until the stack has no more room.
#include <gtest/gtest.h>

namespace {

std::uint32_t dig(std::uint32_t depth) {
  volatile std::uint32_t hole[256] = {depth};
  return depth == 0xFFFFFFFF ? 0 : dig(depth + 1) + hole[depth % 256];
}

}  // namespace

TEST(Outcome, Overflows) { EXPECT_EQ(dig(0), 0U); }
