// A binary heap of integers, the largest first. It is compiled once for all who use it; templates
// of the standard library would be compiled into each.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ringlet::heap {

/// Makes a heap of `size` numbers.
void make(std::uint64_t* numbers, std::size_t size) noexcept;

/// Adds numbers[size - 1] to the heap before it.
void push(std::uint64_t* numbers, std::size_t size) noexcept;

/// Moves the largest number to numbers[size - 1]; the heap is what is before it. `size` is not 0.
void pop(std::uint64_t* numbers, std::size_t size) noexcept;

}  // namespace ringlet::heap
