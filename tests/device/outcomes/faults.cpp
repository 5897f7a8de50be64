// An instruction that is undefined by definition.
#include <gtest/gtest.h>

TEST(Outcome, Faults) { asm volatile("udf #0"); }
