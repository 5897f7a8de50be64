#include "grammar/character_set.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace ringlet::grammar {
namespace {

constexpr CharacterRange surrogates = {0xD800, 0xDFFF};
// The last characters of one, two, three and four bytes.
constexpr std::array<std::uint32_t, 4> last_of_length = {0x7F, 0x7FF, 0xFFFF, last_character};

std::vector<std::uint8_t> utf8(std::uint32_t character, std::size_t length) {
  constexpr std::array<std::uint8_t, 4> lead = {0x00, 0xC0, 0xE0, 0xF0};
  std::vector<std::uint8_t> bytes(length);
  for (std::size_t i = length; i-- > 1; character >>= 6) {
    bytes[i] = static_cast<std::uint8_t>(0x80 | (character & 0x3F));
  }
  bytes[0] = static_cast<std::uint8_t>(lead[length - 1] | character);
  return bytes;
}

/// Adds characters that have the same number of bytes. Where the range begins or ends within a
/// block of 64, 4,096, … characters, the block is split off, so that trailing bytes are
/// independent.
void add_sequences(CharacterRange range, std::size_t length,
                   std::vector<std::vector<ByteRange>>& sequences) {
  for (std::size_t trailing = 1; trailing < length; ++trailing) {
    const std::uint32_t mask = (1U << (6 * trailing)) - 1;
    if ((range.first & ~mask) == (range.last & ~mask)) continue;
    if ((range.first & mask) != 0) {
      add_sequences({range.first, range.first | mask}, length, sequences);
      add_sequences({(range.first | mask) + 1, range.last}, length, sequences);
      return;
    }
    if ((range.last & mask) != mask) {
      add_sequences({range.first, (range.last & ~mask) - 1}, length, sequences);
      add_sequences({range.last & ~mask, range.last}, length, sequences);
      return;
    }
  }
  const std::vector<std::uint8_t> first = utf8(range.first, length);
  const std::vector<std::uint8_t> last = utf8(range.last, length);
  std::vector<ByteRange>& sequence = sequences.emplace_back();
  for (std::size_t i = 0; i < length; ++i) sequence.push_back({first[i], last[i]});
}

}  // namespace

CharacterSet::CharacterSet(std::uint32_t first, std::uint32_t last)
    : CharacterSet(std::vector<CharacterRange>{{first, last}}) {}

CharacterSet::CharacterSet(std::vector<CharacterRange> ranges) {
  std::sort(ranges.begin(), ranges.end());
  const auto add = [this](std::uint32_t first, std::uint32_t last) {
    if (first > last) return;
    if (!ranges_.empty() && first <= ranges_.back().last + 1) {
      ranges_.back().last = std::max(ranges_.back().last, last);
    } else {
      ranges_.push_back({first, last});
    }
  };
  for (const CharacterRange& range : ranges) {
    add(range.first, std::min(range.last, surrogates.first - 1));
    add(std::max(range.first, surrogates.last + 1), std::min(range.last, last_character));
  }
}

bool CharacterSet::contains(std::uint32_t character) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const CharacterRange& range) {
    return range.first <= character && character <= range.last;
  });
}

CharacterSet CharacterSet::operator|(const CharacterSet& other) const {
  std::vector<CharacterRange> both = ranges_;
  both.insert(both.end(), other.ranges_.begin(), other.ranges_.end());
  return CharacterSet(std::move(both));
}

CharacterSet CharacterSet::operator~() const {
  std::vector<CharacterRange> rest;
  std::uint32_t next = 0;
  for (const CharacterRange& range : ranges_) {
    if (range.first > next) rest.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  if (next <= last_character) rest.push_back({next, last_character});
  return CharacterSet(std::move(rest));
}

CharacterSet CharacterSet::operator&(const CharacterSet& other) const {
  std::vector<CharacterRange> common;
  for (std::size_t i = 0, j = 0; i < ranges_.size() && j < other.ranges_.size();) {
    const CharacterRange& a = ranges_[i];
    const CharacterRange& b = other.ranges_[j];
    const std::uint32_t first = std::max(a.first, b.first);
    const std::uint32_t last = std::min(a.last, b.last);
    if (first <= last) common.push_back({first, last});
    (a.last < b.last ? i : j) += 1;
  }
  return CharacterSet(std::move(common));
}

std::vector<std::vector<ByteRange>> utf8_sequences(const CharacterSet& set) {
  std::vector<std::vector<ByteRange>> sequences;
  for (const CharacterRange& range : set.ranges()) {
    std::uint32_t first_of_length = 0;
    for (std::size_t length = 1; length <= last_of_length.size(); ++length) {
      const std::uint32_t first = std::max(range.first, first_of_length);
      const std::uint32_t last = std::min(range.last, last_of_length[length - 1]);
      if (first <= last) add_sequences({first, last}, length, sequences);
      first_of_length = last_of_length[length - 1] + 1;
    }
  }
  return sequences;
}

}  // namespace ringlet::grammar
