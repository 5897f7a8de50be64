// One test that passes and one that fails, which the runner has to notice.
#include <gtest/gtest.h>

TEST(Outcome, Passes) { EXPECT_LT(1, 2); }

TEST(Outcome, Fails) {
  const int two = 2;
  ASSERT_EQ(two, 3) << "with a message" << 7;
  EXPECT_TRUE(false) << "not reached";
}
