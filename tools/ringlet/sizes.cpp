#include "sizes.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace ringlet::cli {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t size;
};
constexpr Unit units[] = {
    {"", 1},         {"b", 1},          {"k", 1U << 10},      {"kib", 1U << 10},
    {"kb", 1'000},   {"m", 1U << 20},   {"mib", 1U << 20},    {"mb", 1'000'000},
    {"g", 1U << 30}, {"gib", 1U << 30}, {"gb", 1'000'000'000}};

bool equal_ignoring_case(std::string_view text, std::string_view small) {
  return std::equal(text.begin(), text.end(), small.begin(), small.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

std::optional<std::uint64_t> find_unit(std::string_view name) {
  for (const Unit& unit : units) {
    if (equal_ignoring_case(name, unit.name)) return unit.size;
  }
  return std::nullopt;
}

/// Removes and returns the digits at the beginning of `text`. Empty if there are none, or too many.
std::optional<std::uint64_t> take_digits(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const std::optional<std::uint64_t> whole = take_digits(text);
  if (!whole) return std::nullopt;
  std::uint64_t decimals = 0;
  std::uint64_t scale = 1;
  const bool has_point = text.starts_with('.');
  if (has_point) {
    text.remove_prefix(1);
    const std::size_t before = text.size();
    const std::optional<std::uint64_t> digits = take_digits(text);
    const std::size_t count = before - text.size();
    if (!digits || count > 9) return std::nullopt;  // nine digits times 2^30 fit into 64 bits
    decimals = *digits;
    for (std::size_t i = 0; i < count; ++i) scale *= 10;
  }
  const std::optional<std::uint64_t> unit = find_unit(text);
  if (!unit || (has_point && *unit == 1)) return std::nullopt;
  const std::uint64_t fraction = decimals * *unit / scale;
  if (*whole > (std::numeric_limits<std::uint64_t>::max() - fraction) / *unit) return std::nullopt;
  return *whole * *unit + fraction;
}

}  // namespace ringlet::cli
