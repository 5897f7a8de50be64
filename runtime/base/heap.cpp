#include "base/heap.hpp"

namespace ringlet::heap {
namespace {

/// Puts a number into a heap whose place `hole` is free, there or further down.
void sink(std::uint64_t* numbers, std::size_t size, std::size_t hole,
          std::uint64_t number) noexcept {
  for (std::size_t child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
    if (child + 1 < size && numbers[child + 1] > numbers[child]) ++child;
    if (numbers[child] <= number) break;
    numbers[hole] = numbers[child];
    hole = child;
  }
  numbers[hole] = number;
}

}  // namespace

void make(std::uint64_t* numbers, std::size_t size) noexcept {
  for (std::size_t i = size / 2; i-- > 0;) sink(numbers, size, i, numbers[i]);
}

void push(std::uint64_t* numbers, std::size_t size) noexcept {
  std::size_t hole = size - 1;
  const std::uint64_t number = numbers[hole];
  for (; hole > 0 && numbers[(hole - 1) / 2] < number; hole = (hole - 1) / 2) {
    numbers[hole] = numbers[(hole - 1) / 2];
  }
  numbers[hole] = number;
}

void pop(std::uint64_t* numbers, std::size_t size) noexcept {
  const std::uint64_t last = numbers[size - 1];
  numbers[size - 1] = numbers[0];
  sink(numbers, size - 1, 0, last);
}

}  // namespace ringlet::heap
