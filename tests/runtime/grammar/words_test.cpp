// Lists of words, in a file and sorted in memory.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "grammar/grammar_file.hpp"
#include "ringlet/grammar.hpp"
#include "ringlet/linux/failure.hpp"
#include "support/aligned.hpp"

namespace ringlet {
namespace {

using test::AlignedBytes;

std::vector<std::string> words_of(const WordList& list) {
  std::vector<std::string> words;
  for (std::uint32_t i = 0; i < list.count; ++i) words.emplace_back(list.word(i));
  return words;
}

TEST(WordLists, OfAFile) {
  const AlignedBytes file(grammar::write_words({{"rooms", {"kitchen", "bed", "bed", "bedroom"}},
                                                {"none", {}},
                                                {"scenes", {"caf\xC3\xA9"}}}));
  const auto lists = WordLists::open(file.span());
  ASSERT_TRUE(lists.ok()) << lists.status().what();
  ASSERT_EQ(lists->count(), 3U);
  EXPECT_EQ(lists->name(0), "rooms");
  EXPECT_EQ(lists->name(1), "none");
  EXPECT_EQ(lists->name(3), "");
  EXPECT_EQ(words_of(lists->list(0)), (std::vector<std::string>{"bed", "bedroom", "kitchen"}));
  EXPECT_EQ(lists->list(1).count, 0U);
  EXPECT_EQ(words_of(lists->list(2)), std::vector<std::string>{"caf\xC3\xA9"});
  EXPECT_EQ(lists->list(7).count, 0U);
}

TEST(WordLists, TheWriterRefusesWhatTheRuntimeWould) {
  for (const std::string& word :
       {std::string(), std::string("a\"b"), std::string("a\\"), std::string("a\nb"),
        std::string("\xC3"), std::string(256, 'a')}) {
    EXPECT_THROW((void)grammar::write_words({{"rooms", {"bed", word}}}), port::Failure) << word;
  }
  EXPECT_THROW((void)grammar::write_words({{"a", {}}, {"a", {}}}), port::Failure);
  EXPECT_NO_THROW((void)grammar::write_words({{"rooms", {std::string(255, 'a')}}}));
}

TEST(SortWords, InTheCallersMemory) {
  const std::vector<std::string_view> words = {"b", "a", "\xC3\xA9", "ab", "b", "Z"};
  const WordSource source = WordSource::of(words);
  AlignedBytes memory(static_cast<std::size_t>(sorted_words_bytes(source)));
  const auto list = sort_words(source, memory.span());
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(words_of(*list), (std::vector<std::string>{"Z", "a", "ab", "b", "\xC3\xA9"}));
  const auto small = sort_words(source, memory.span().first(memory.size() - 1));
  EXPECT_EQ(small.status().code(), ErrorCode::not_enough_memory);
  EXPECT_EQ(small.status().needed(), memory.size());
  EXPECT_STREQ(sort_words(source, memory.span().subspan(1)).status().where(), "memory");
  EXPECT_EQ(sort_words({}, {})->count, 0U);
}

}  // namespace
}  // namespace ringlet
