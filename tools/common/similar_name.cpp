#include "common/similar_name.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ringlet::common {
namespace {

/// How many letters must be changed, added or left out to get from one word to the other.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t changed = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string similar_name(std::string_view wrong, const std::vector<std::string>& names) {
  constexpr std::size_t most_mistakes = 2;
  std::string nearest;
  std::size_t least = most_mistakes + 1;
  for (const std::string& name : names) {
    const std::size_t mistakes = distance(name, wrong);
    if (mistakes >= least) continue;
    least = mistakes;
    nearest = name;
  }
  return nearest;
}

}  // namespace ringlet::common
