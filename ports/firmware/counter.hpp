// What a part of the work costs.
#pragma once

#include <cstdint>

#include "board.hpp"
#include "print.hpp"
#include "report.hpp"
#include "ringlet/division.hpp"

namespace ringlet::port {

/// Counts tokens and instructions of one part of the work.
class Counter {
 public:
  /// Prints "prompt: 7 tokens, 466,218 instructions each".
  void print_as(const char* name, const char* counted = " tokens") const {
    print(name);
    print(": ");
    print_number(tokens_);
    print(counted);
    print(", ");
    print_number(
        tokens_ == 0 ? 0 : quotient(instructions_of(ticks_), static_cast<std::uint32_t>(tokens_)));
    print(" instructions each\n");
  }
  /// `work` must return the number of its tokens.
  template <typename Work>
  void count(Work work) {
    const std::uint64_t begin = ticks();
    tokens_ += work();
    ticks_ += ticks() - begin;
  }

 private:
  std::uint64_t tokens_ = 0;
  std::uint64_t ticks_ = 0;
};

}  // namespace ringlet::port
