#include "grammar/plain_loop.hpp"

#include <utility>

namespace ringlet {
namespace {

/// The state to which all bytes of a range lead, without a push, or GrammarTables::none.
std::uint32_t single_target(const GrammarTables& g, std::uint32_t state, std::uint32_t first,
                            std::uint32_t last) noexcept {
  std::uint32_t target = GrammarTables::none;
  while (first <= last) {
    const std::uint32_t edge = g.find_edge(state, static_cast<std::uint8_t>(first));
    if (edge == GrammarTables::none || g.edge_pushes[edge] != 0) return GrammarTables::none;
    if (target != GrammarTables::none && target != g.targets[edge]) return GrammarTables::none;
    target = g.targets[edge];
    first = (g.ranges[edge] >> 8) + 1U;
  }
  return target;
}

/// Characters of several bytes: their first bytes, the second ones, and how many follow these.
struct Characters {
  std::uint8_t first, last, second_first, second_last, more;
};

// Unicode 15, table 3-7.
constexpr Characters characters[] = {{0xC2, 0xDF, 0x80, 0xBF, 0}, {0xE0, 0xE0, 0xA0, 0xBF, 1},
                                     {0xE1, 0xEC, 0x80, 0xBF, 1}, {0xED, 0xED, 0x80, 0x9F, 1},
                                     {0xEE, 0xEF, 0x80, 0xBF, 1}, {0xF0, 0xF0, 0x90, 0xBF, 2},
                                     {0xF1, 0xF3, 0x80, 0xBF, 2}, {0xF4, 0xF4, 0x80, 0x8F, 2}};

}  // namespace

bool is_plain_loop(const GrammarTables& g, std::uint32_t state) noexcept {
  if (g.kind(state) != GrammarKind::bytes) return false;
  for (const auto& [first, last] : {std::pair{0x20U, 0x21U}, {0x23U, 0x5BU}, {0x5DU, 0x7FU}}) {
    if (single_target(g, state, first, last) != state) return false;
  }
  for (const Characters& c : characters) {
    std::uint32_t at = single_target(g, state, c.first, c.last);
    if (at == GrammarTables::none || g.kind(at) != GrammarKind::bytes) return false;
    at = single_target(g, at, c.second_first, c.second_last);
    for (std::uint8_t more = c.more; more > 0 && at != GrammarTables::none; --more) {
      at = single_target(g, at, 0x80, 0xBF);
    }
    if (at != state) return false;
  }
  return true;
}

}  // namespace ringlet
