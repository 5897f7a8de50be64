// A heap gives its numbers from the largest to the smallest.
#include "base/heap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/random.hpp"

namespace ringlet::test {
namespace {

using Numbers = std::vector<std::uint64_t>;

/// Some of them equal, and some above 2^32.
Numbers numbers_of(Random& random, std::size_t size) {
  Numbers numbers(size);
  for (std::uint64_t& number : numbers) {
    number = std::uint64_t{random.below(8)} << 40 | random.below(16);
  }
  return numbers;
}

void expect_ascending_after_pops(Numbers heap, Numbers numbers) {
  for (std::size_t size = heap.size(); size > 0; --size) heap::pop(heap.data(), size);
  std::sort(numbers.begin(), numbers.end());
  EXPECT_EQ(heap, numbers);
}

TEST(Heap, SortsWhatItWasMadeOf) {
  Random random(31);
  for (std::size_t size = 0; size < 70; ++size) {
    const Numbers numbers = numbers_of(random, size);
    Numbers heap = numbers;
    heap::make(heap.data(), size);
    expect_ascending_after_pops(heap, numbers);
  }
}

TEST(Heap, SortsWhatWasPushed) {
  Random random(32);
  for (std::size_t size = 0; size < 70; ++size) {
    const Numbers numbers = numbers_of(random, size);
    Numbers heap = numbers;
    for (std::size_t i = 1; i <= size; ++i) {
      heap::push(heap.data(), i);
      EXPECT_EQ(heap[0], *std::max_element(numbers.begin(),
                                           numbers.begin() + static_cast<std::ptrdiff_t>(i)));
    }
    expect_ascending_after_pops(heap, numbers);
  }
}

}  // namespace
}  // namespace ringlet::test
