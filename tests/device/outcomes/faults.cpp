// An instruction that is undefined by definition.
#include <gtest/gtest.h>

#if defined(__riscv)
#define UNDEFINED_INSTRUCTION "unimp"
#else
#define UNDEFINED_INSTRUCTION "udf #0"
#endif

TEST(Outcome, Faults) { asm volatile(UNDEFINED_INSTRUCTION); }
