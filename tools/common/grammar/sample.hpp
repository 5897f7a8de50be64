// Random texts of a grammar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

#include "grammar/automaton.hpp"
#include "grammar/walk.hpp"

namespace ringlet::grammar {

class TextSampler {
 public:
  /// Both must outlive this object.
  TextSampler(const Automaton& automaton, const GivenTexts& given);

  /// A random text. After about `length` bytes it takes the shortest way to an end that the
  /// automaton allows.
  [[nodiscard]] std::string text(std::mt19937_64& random, std::size_t length) const;

 private:
  const Automaton& automaton_;
  const GivenTexts& given_;
  std::vector<std::uint32_t> way_out_;  // steps from each state until it returns
};

}  // namespace ringlet::grammar
