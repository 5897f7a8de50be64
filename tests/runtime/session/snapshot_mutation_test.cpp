// Snapshots with flipped bits and replaced words, truncated and extended, with corrected checksums:
// they are refused, or restored into a session that works. There is never a crash, and a refused
// snapshot leaves no trace.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "session/snapshot_header.hpp"
#include "support/hostile_snapshot.hpp"
#include "support/random.hpp"
#include "support/snapshots.hpp"

namespace ringlet::test {
namespace {

const std::vector<std::pair<std::string, AlignedBytes>>& inputs() {
  static const auto all = snapshot_inputs();
  return all;
}

/// Where the header of an input begins and ends.
constexpr std::size_t header_begin = snapshot_input_prefix;
std::size_t head_end(const AlignedBytes& input) {
  return header_begin + header_bytes(input.span().subspan(header_begin));
}

void flip(AlignedBytes& input, std::size_t begin, std::size_t end, Random& random) {
  const std::size_t at = begin + random.below(static_cast<std::uint32_t>(end - begin));
  input[at] ^= static_cast<std::byte>(1U << random.below(8));
}

TEST(SnapshotMutation, IntactOnesAreRestored) {
  for (const auto& [name, input] : inputs())
    EXPECT_TRUE(exercise_snapshot(input.span()).ok()) << name;
}

TEST(SnapshotMutation, FlippedBitsOfTheHead) {
  Random random(1);
  int restored = 0;
  for (std::size_t i = 0; i < 3000; ++i) {
    AlignedBytes input = inputs()[i % inputs().size()].second;
    for (std::uint32_t n = 1 + random.below(3); n > 0; --n) {
      flip(input, header_begin, head_end(input), random);
    }
    restored += exercise_snapshot(input.span()).ok() ? 1 : 0;
  }
  EXPECT_GT(restored, 100) << "otherwise the mutations are too coarse to pass any check";
  EXPECT_LT(restored, 2900);
}

TEST(SnapshotMutation, HeadWordsReplacedByExtremeOnes) {
  constexpr std::uint32_t extremes[] = {0,      1,          2,          3,          0x7F,
                                        0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0};
  for (const auto& [name, original] : inputs()) {
    if (!name.starts_with("int4_") && !name.starts_with("f16_")) continue;
    for (std::size_t at = header_begin; at + 4 <= head_end(original); at += 4) {
      for (const std::uint32_t word : extremes) {
        AlignedBytes input = original;
        std::memcpy(input.data() + at, &word, sizeof(word));
        (void)exercise_snapshot(input.span());
      }
    }
  }
}

TEST(SnapshotMutation, PlanesOfGarbage) {
  Random random(2);
  int restored = 0;
  for (int round = 0; round < 20; ++round) {
    for (const auto& [name, original] : inputs()) {
      AlignedBytes input = original;
      for (std::size_t at = head_end(input); at + 8 < input.size(); ++at) {
        // Many of the halves and floats that this makes are large, few are not finite.
        if (round == 0 || random.below(200) == 0) input[at] = static_cast<std::byte>(random.next());
      }
      restored += exercise_snapshot(input.span()).ok() ? 1 : 0;
    }
  }
  EXPECT_GT(restored, 10);
  EXPECT_LT(restored, 700);
}

TEST(SnapshotMutation, CutAndExtended) {
  for (const auto& [name, original] : inputs()) {
    for (std::size_t size = 0; size < original.size(); size += size < 500 ? 3 : 97) {
      EXPECT_FALSE(exercise_snapshot(original.span().first(size)).ok()) << name << " " << size;
    }
    AlignedBytes longer(original.size() + 64);
    std::memcpy(longer.data(), original.data(), original.size());
    EXPECT_FALSE(exercise_snapshot(longer.span()).ok()) << name;
  }
}

/// open_snapshot() gives numbers with every other fault of these snapshots.
bool is_no_flatbuffer(const Status& status) {
  return status.code() == ErrorCode::invalid_snapshot && status.numbers() == Numbers::none;
}

TEST(SnapshotMutation, HeadsAreJudgedAsByFlatc) {
  int valid = 0;
  int damaged = 0;
  for (const auto& [name, input] : inputs()) {
    AlignedBytes snapshot(input.span().subspan(header_begin));
    const std::size_t head = header_bytes(snapshot.span());
    // Not the size and the identifier, which are read first.
    for (std::size_t at = sizeof(std::uint32_t); at < head; at += at == 7 ? 5 : 1) {
      const std::byte kept = snapshot[at];
      for (const std::byte value : {std::byte{0}, kept ^ std::byte{1}, kept ^ std::byte{0x80}}) {
        snapshot[at] = value;
        flatbuffers::Verifier verifier(snapshot.as<std::uint8_t>(), head);
        const bool expected = schema::VerifySizePrefixedSnapshotBuffer(verifier);
        ++(expected ? valid : damaged);
        EXPECT_EQ(!is_no_flatbuffer(open_snapshot(snapshot.span()).status()), expected)
            << name << ", byte " << at;
      }
      snapshot[at] = kept;
    }
  }
  EXPECT_GT(valid, 100);
  EXPECT_GT(damaged, 100);
}

}  // namespace
}  // namespace ringlet::test
