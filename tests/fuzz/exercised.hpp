// What became of a model file that was exercised, as an outcome of a fuzz target.
#pragma once

#include <array>
#include <string>

#include "fuzz/target.hpp"
#include "support/hostile.hpp"

namespace ringlet::test {

/// Accepted: opened and decoded.
inline Outcome outcome_of(const Exercised& result) {
  if (result.decoded) return accepted();
  std::array<char, 300> line{};
  return refused(result.opened.ok() ? "opened, but not decoded"
                                    : std::string(describe(result.opened, line)));
}

}  // namespace ringlet::test
