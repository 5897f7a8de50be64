// What ringlet::linux has for C beside the kernels: threads, and the trie of a vocabulary.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "ringlet/linux/files.hpp"
#include "ringlet/linux/threads.h"
#include "ringlet/linux/token_trie.h"
#include "ringlet/linux/token_trie.hpp"
#include "ringlet/model.hpp"

namespace ringlet::test {
namespace {

TEST(CThreads, EachRunsOnceAndTheTeamEnds) {
  for (const std::uint32_t count : {0U, 1U, 3U}) {
    ringlet_threads* threads = ringlet_threads_start(count);
    ASSERT_NE(threads, nullptr);
    const ringlet_team team = ringlet_threads_team(threads);
    EXPECT_EQ(team.threads, std::max(count, 1U));
    std::array<std::atomic<int>, 3> runs{};
    const auto work = [](void* argument, std::uint32_t thread) {
      ++(*static_cast<std::array<std::atomic<int>, 3>*>(argument))[thread];
    };
    for (int i = 0; i < 10; ++i) team.run(team.user_data, team.threads, work, &runs);
    for (std::uint32_t i = 0; i < runs.size(); ++i) EXPECT_EQ(runs[i], i < team.threads ? 10 : 0);
    ringlet_threads_stop(threads);
  }
  ringlet_threads_stop(nullptr);
}

TEST(CTokenTrie, IsThatOfCpp) {
  const port::MappedFile file(RINGLET_BUNDLED_MODEL);
  ringlet_model model;
  ASSERT_EQ(ringlet_model_open(&model, file.bytes().data(), file.bytes().size()).code, RINGLET_OK);
  const Result<Model> opened = Model::open(file.bytes());
  ASSERT_TRUE(opened.ok());
  const std::vector<std::uint32_t> expected = port::build_token_trie(*opened);
  const std::size_t bytes = expected.size() * sizeof(std::uint32_t);
  std::size_t size = 0;
  const ringlet_status small = ringlet_token_trie_build(&model, {nullptr, 0}, &size);
  EXPECT_EQ(small.code, RINGLET_NOT_ENOUGH_MEMORY);
  EXPECT_EQ(small.needed, bytes);
  EXPECT_EQ(size, 0U);
  std::vector<std::uint32_t> words(expected.size() + 1, 0xABCDEF01);
  ASSERT_EQ(ringlet_token_trie_build(&model, {words.data(), bytes + 4}, &size).code, RINGLET_OK);
  EXPECT_EQ(size, bytes);
  EXPECT_EQ(words.back(), 0xABCDEF01);
  words.pop_back();
  EXPECT_EQ(words, expected);
  ringlet_token_trie trie;
  EXPECT_EQ(ringlet_token_trie_open_memory(&trie, &model, words.data(), size).code, RINGLET_OK);
}

}  // namespace
}  // namespace ringlet::test
