// Hostile grammars, lists, tries and saved states do no harm: bits are flipped and files truncated
// at seeded places, with the checksum left wrong or put right. Either the input is refused, or it
// is used within its memory.
#include "support/hostile_grammar.hpp"

#include <gtest/gtest.h>

#include "support/random.hpp"

namespace ringlet::test {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

TEST(HostileGrammar, InputsHaveTheirOutcomes) {
  for (const GrammarInput& input : grammar_inputs()) {
    const Status status = exercise_grammar(bytes_of(input.bytes));
    char line[300];
    const std::string said(status.ok() ? std::string_view() : describe(status, line));
    EXPECT_EQ(status.ok(), input.refusal.empty()) << input.name << ": " << said;
    EXPECT_NE(said.find(input.refusal), std::string::npos) << input.name << ": " << said;
  }
}

TEST(HostileGrammar, FlippedBits) {
  Random random(1);
  std::size_t used = 0;
  for (const GrammarInput& input : grammar_inputs()) {
    if (!input.refusal.empty()) continue;
    for (int i = 0; i < 400; ++i) {
      std::string changed = input.bytes;
      changed[0] = static_cast<char>(changed[0] | 4);
      for (std::uint32_t flips = 1 + random.below(3); flips > 0; --flips) {
        const std::size_t at = 1 + random.below(static_cast<std::uint32_t>(changed.size() - 1));
        changed[at] = static_cast<char>(changed[at] ^ (1 << random.below(8)));
      }
      if (exercise_grammar(bytes_of(changed)).ok()) ++used;
    }
  }
  // Targets, names and words can change and stay valid.
  EXPECT_GT(used, 200U);
}

TEST(HostileGrammar, Truncated) {
  for (const GrammarInput& input : grammar_inputs()) {
    if (!input.refusal.empty()) continue;
    for (std::size_t size = 1; size < input.bytes.size(); size += 1 + size / 16) {
      std::string cut = input.bytes.substr(0, size);
      cut[0] = static_cast<char>(cut[0] | 4);
      EXPECT_FALSE(exercise_grammar(bytes_of(cut)).ok()) << input.name << " " << size;
    }
  }
}

}  // namespace
}  // namespace ringlet::test
