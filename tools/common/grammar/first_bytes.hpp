// With which bytes rules can begin.
#pragma once

#include <bitset>
#include <vector>

#include "grammar/grammar.hpp"

namespace ringlet::grammar {

using FirstBytes = std::bitset<256>;

[[nodiscard]] inline FirstBytes bytes_of(ByteRange range) {
  FirstBytes bytes;
  for (unsigned byte = range.first; byte <= range.last; ++byte) bytes.set(byte);
  return bytes;
}

struct FirstOfRule {
  FirstBytes bytes;
  bool given = false;  // it can begin with a list or span, whose bytes are not known
};

/// For each rule. No rule begins with itself.
[[nodiscard]] std::vector<FirstOfRule> first_of_rules(const Grammar& grammar);

}  // namespace ringlet::grammar
