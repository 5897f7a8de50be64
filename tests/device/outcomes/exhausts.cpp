// A function that uses a little more than the stack has, and returns as if nothing had happened.
#include <gtest/gtest.h>

#include "memory.hpp"

namespace {

std::uint8_t fill(std::size_t bytes) {
  auto* const hole = static_cast<volatile std::uint8_t*>(__builtin_alloca(bytes));
  for (std::size_t i = 0; i < bytes; ++i) hole[i] = 1;
  return hole[0];
}

}  // namespace

TEST(Outcome, Exhausts) { EXPECT_EQ(fill(ringlet::port::memory_map().back().bytes()), 1); }
