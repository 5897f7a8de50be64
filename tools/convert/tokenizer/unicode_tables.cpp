#include "tokenizer/unicode_tables.hpp"

#include <algorithm>
#include <span>

#include "unicode_data.hpp"

namespace ringlet::convert {
namespace {

void append_utf8(std::uint32_t code, std::string& text) {
  const auto byte = [&](std::uint32_t bits) { text += static_cast<char>(bits); };
  const auto more = [&](unsigned shift) { byte(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    more(0);
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    more(6);
    more(0);
  } else {
    byte(0xF0 | code >> 18);
    more(12);
    more(6);
    more(0);
  }
}

/// Reads a list of entries: a character, a count, and that many characters that it becomes.
std::map<std::string, std::string> read_mapping(std::span<const std::uint32_t> list) {
  std::map<std::string, std::string> map;
  for (std::size_t i = 0; i < list.size(); i += 2 + list[i + 1]) {
    std::string from;
    std::string to;
    append_utf8(list[i], from);
    for (const std::uint32_t code : list.subspan(i + 2, list[i + 1])) append_utf8(code, to);
    map.emplace(from, to);
  }
  return map;
}

}  // namespace

std::vector<std::uint32_t> character_class_ranges(Classes classes) {
  if (classes == Classes::all) return {std::begin(all_classes), std::end(all_classes)};
  if (classes == Classes::today) return {std::begin(todays_classes), std::end(todays_classes)};
  if (classes == Classes::symbols) {
    return {std::begin(classes_with_symbols), std::end(classes_with_symbols)};
  }
  if (classes == Classes::cases) {
    return {std::begin(classes_with_cases), std::end(classes_with_cases)};
  }
  return {std::begin(classes_without_cases), std::end(classes_without_cases)};
}

std::map<std::string, std::string> decompositions(bool compatibility) {
  return compatibility ? read_mapping(compatibility_decompositions)
                       : read_mapping(canonical_decompositions);
}

std::map<std::string, std::string> lower_case() { return read_mapping(lower_cases); }

std::vector<std::uint32_t> combining_ranges() {
  return {std::begin(combining_class_ranges), std::end(combining_class_ranges)};
}

std::vector<std::uint64_t> compositions() {
  std::vector<std::uint64_t> pairs;
  const std::span<const std::uint32_t> triples = composition_triples;
  for (std::size_t i = 0; i < triples.size(); i += 3) {
    pairs.push_back((std::uint64_t{triples[i]} << 21 | triples[i + 1]) << 21 | triples[i + 2]);
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

}  // namespace ringlet::convert
