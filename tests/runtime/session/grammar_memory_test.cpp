// The memory that a plan has for grammars: behind everything else, one for each session of a pool,
// and one trie for all.
#include <gtest/gtest.h>

#include "kernels/kernel_set.hpp"
#include "ringlet/pool.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

const Model& model() {
  static const LoadedModel file(Recipe{.architecture = small_architecture()}, all_int8);
  return file.model;
}

TEST(GrammarMemory, ComesAfterAllOtherSections) {
  const Config without;
  const Config with{.grammar_bytes = 1000, .token_trie_bytes = 130};
  const MemoryPlan small = *plan(model(), without);
  const MemoryPlan large = *plan(model(), with);
  EXPECT_EQ(large.total(), small.total() + 1024 + 192);
  for (const Section& section : small.sections()) {
    EXPECT_EQ(large.find(section.id)->offset, section.offset);
  }
  AlignedBytes memory(static_cast<std::size_t>(large.total()));
  const Session session = *Session::create(model(), with, memory.span(), scalar_kernels());
  EXPECT_EQ(session.grammar_workspace().size(), 1024U);
  EXPECT_EQ(session.token_trie_memory().size(), 192U);
  EXPECT_EQ(session.grammar_workspace().data(), memory.data() + small.total());
  EXPECT_EQ(session.token_trie_memory().data() + 192, memory.data() + memory.size());
  const Session bare = *Session::create(model(), without, memory.span(), scalar_kernels());
  EXPECT_TRUE(bare.grammar_workspace().empty());
  EXPECT_TRUE(bare.token_trie_memory().empty());
}

TEST(GrammarMemory, OfAPool) {
  const PoolConfig config{.session = {.grammar_bytes = 100, .token_trie_bytes = 64}, .sessions = 3};
  AlignedBytes memory(static_cast<std::size_t>(plan(model(), config)->total()));
  Pool pool = *Pool::create(model(), config, memory.span(), scalar_kernels());
  for (std::uint32_t i = 0; i < 3; ++i) {
    const std::span<std::byte> workspace = pool.session(i).grammar_workspace();
    EXPECT_EQ(workspace.size(), 128U);
    EXPECT_EQ(workspace.data(), pool.session(0).grammar_workspace().data() + i * 128);
    EXPECT_EQ(pool.session(i).token_trie_memory().data(),
              pool.session(0).token_trie_memory().data());
  }
}

TEST(GrammarMemory, TooMuchIsRefused) {
  const auto most = ~std::uint64_t{0};
  EXPECT_EQ(plan(model(), Config{.grammar_bytes = most}).status().code(), ErrorCode::out_of_range);
  EXPECT_EQ(plan(model(), Config{.token_trie_bytes = most}).status().code(),
            ErrorCode::out_of_range);
}

}  // namespace
}  // namespace ringlet::test
