#include "fuzz/model_harness.hpp"

#include <algorithm>
#include <cstring>

#include "support/hostile.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t preamble_size = sizeof(file::Preamble);

/// A copy whose preamble describes it: tables as long as it says, as far as there are bytes, and
/// the segment after them.
AlignedBytes put_right(std::span<const std::byte> file) {
  file::Preamble preamble = preamble_of(file);
  std::memcpy(preamble.magic, file::magic, sizeof(file::magic));
  preamble.major = file::major_version;
  preamble.tables_offset = preamble_size;
  preamble.tables_size = std::min<std::uint64_t>(preamble.tables_size, file.size() - preamble_size);
  const std::uint64_t unit = file::segment_alignment;
  preamble.segment_offset = (preamble_size + preamble.tables_size + unit - 1) / unit * unit;
  const std::uint64_t size = std::max<std::uint64_t>(file.size(), preamble.segment_offset);
  preamble.segment_size = size - preamble.segment_offset;
  AlignedBytes copy(static_cast<std::size_t>(size));
  std::memcpy(copy.data(), file.data(), file.size());
  std::memcpy(copy.data(), &preamble, preamble_size);
  seal(copy.span());
  return copy;
}

}  // namespace

void fuzz_model(std::span<const std::byte> input) {
  if (input.empty()) return;
  const bool repair = std::to_integer<unsigned>(input[0]) % 2 == 1;
  const std::span<const std::byte> file = input.subspan(1);
  const AlignedBytes image =
      repair && file.size() >= preamble_size ? put_right(file) : AlignedBytes(file);
  (void)exercise(image.span());
}

}  // namespace ringlet::test
