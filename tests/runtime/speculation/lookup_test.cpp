// The lookup against a search through the whole text.
#include "ringlet/lookup.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/aligned.hpp"
#include "support/random_model.hpp"

namespace ringlet::test {
namespace {

using Tokens = std::vector<TokenId>;

/// A lookup in memory of exactly its size.
struct Rig {
  explicit Rig(std::uint32_t window)
      : memory(static_cast<std::size_t>(Lookup::workspace_bytes(window)), std::byte{0xFF}),
        lookup(*Lookup::create(window, memory.span())) {}

  Tokens draft(std::size_t count) {
    Tokens out(count, 0xFFFFFFFF);
    out.resize(lookup.draft(out));
    return out;
  }

  AlignedBytes memory;
  Lookup lookup;
};

/// What the contract says, by search: what followed the newest earlier occurrence of the last 4, 3
/// or 2 tokens among the newest `window`.
Tokens searched(const Tokens& text, std::size_t window, std::size_t count) {
  const std::size_t kept = std::min(text.size(), window);
  for (std::size_t size = 4; size >= 2; --size) {
    for (std::size_t end = text.size() - 1; size < text.size() && end >= size; --end) {
      if (end - size < text.size() - kept) break;
      if (!std::equal(text.end() - static_cast<std::ptrdiff_t>(size), text.end(),
                      text.begin() + static_cast<std::ptrdiff_t>(end - size))) {
        continue;
      }
      Tokens out;
      for (std::size_t i = 0; i < count; ++i) {
        out.push_back(end + i < text.size() ? text[end + i] : out[end + i - text.size()]);
      }
      return out;
    }
  }
  return {};
}

TEST(Lookup, DraftsWhatFollowedLastTime) {
  Rig rig(64);
  rig.lookup.observe(Tokens{7, 1, 2, 3, 4, 5, 6, 9, 1, 2, 3});
  EXPECT_EQ(rig.draft(3), (Tokens{4, 5, 6}));
  rig.lookup.observe(Tokens{4});
  EXPECT_EQ(rig.draft(2), (Tokens{5, 6}));
  rig.lookup.observe(Tokens{8});
  EXPECT_EQ(rig.draft(2), Tokens{});
}

TEST(Lookup, PrefersLongerAndNewerOccurrences) {
  Rig rig(64);
  rig.lookup.observe(Tokens{1, 2, 3, 10, 0, 2, 3, 11, 5, 2, 3, 12, 6, 1, 2, 3});
  EXPECT_EQ(rig.draft(1), Tokens{10}) << "three tokens, not the newer two";
  Rig newer(64);
  newer.lookup.observe(Tokens{2, 3, 10, 2, 3, 11, 2, 3});
  EXPECT_EQ(newer.draft(1), Tokens{11});
}

TEST(Lookup, RunsIntoItself) {
  Rig rig(64);
  rig.lookup.observe(Tokens{1, 2, 1, 2});
  EXPECT_EQ(rig.draft(5), (Tokens{1, 2, 1, 2, 1}));
  Rig one(64);
  one.lookup.observe(Tokens{9, 9, 9});
  EXPECT_EQ(one.draft(4), (Tokens{9, 9, 9, 9}));
}

TEST(Lookup, DraftsNothingOfShortTexts) {
  Rig rig(16);
  EXPECT_EQ(rig.draft(3), Tokens{});
  rig.lookup.observe(Tokens{1});
  EXPECT_EQ(rig.draft(3), Tokens{});
  rig.lookup.observe(Tokens{1});
  EXPECT_EQ(rig.draft(3), Tokens{});
  rig.lookup.observe(Tokens{1});
  EXPECT_EQ(rig.draft(2), (Tokens{1, 1}));
  EXPECT_EQ(rig.draft(0), Tokens{});
  rig.lookup.reset();
  EXPECT_EQ(rig.draft(3), Tokens{});
}

TEST(Lookup, FindsWhatASearchFindsInAWindowOfAnySize) {
  std::size_t found = 0;
  std::size_t missed = 0;
  for (const std::uint32_t window : {1U, 2U, 3U, 5U, 16U, 33U, 100U, 1000U}) {
    Rig rig(window);
    Tokens text;
    for (const std::uint32_t vocabulary : {3U, 40U, 1000U}) {
      for (const TokenId token : random_tokens(700, vocabulary, window + vocabulary)) {
        text.push_back(token);
        rig.lookup.observe({&token, 1});
        const Tokens expected = searched(text, window, 5);
        const Tokens drafted = rig.draft(5);
        // Another sequence may have taken the entry of a hash; a shorter one, or none, is found
        // then.
        if (drafted == expected) {
          found += expected.empty() ? 0U : 1U;
        } else {
          ++missed;
          EXPECT_FALSE(expected.empty()) << "window " << window << " after " << text.size();
        }
      }
    }
  }
  EXPECT_GT(found, 2000U);
  EXPECT_LT(5 * missed, found);
}

TEST(Lookup, RefusesAWorkspaceThatIsTooSmallOrOblique) {
  AlignedBytes memory(static_cast<std::size_t>(Lookup::workspace_bytes(100)));
  EXPECT_TRUE(Lookup::create(100, memory.span()).ok());
  const Status small = Lookup::create(100, memory.span().first(memory.size() - 1)).status();
  EXPECT_EQ(small.code(), ErrorCode::not_enough_memory);
  EXPECT_EQ(small.needed(), memory.size());
  EXPECT_EQ(Lookup::create(50, memory.span().subspan(1)).status().code(),
            ErrorCode::invalid_argument);
  EXPECT_STREQ(Lookup::create(0, memory.span()).status().where(), "lookup_window");
}

}  // namespace
}  // namespace ringlet::test
