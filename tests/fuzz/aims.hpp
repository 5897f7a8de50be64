// Events that the inputs of a target must cause from time to time. A run of many inputs that misses
// one of its aims tests less than it seems to, and fails.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace ringlet::test {

/// How often each aim was met.
inline std::map<std::string_view, std::size_t>& aims() {
  static std::map<std::string_view, std::size_t> counts;
  return counts;
}

/// Names the aims of a target, once, before the first input. Texts must last for ever.
inline bool declare_aims(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) aims()[name] = 0;
  return true;
}

inline void met(std::string_view aim) { ++aims().at(aim); }

/// The aims that no input has met, for people; empty when there are none.
inline std::string missed_aims() {
  std::string missed;
  for (const auto& [name, count] : aims()) {
    if (count == 0) missed += (missed.empty() ? "" : ", ") + std::string(name);
  }
  return missed;
}

}  // namespace ringlet::test
