// A grammar's state over the vocabulary of a model, in exactly its planned memory.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "ringlet/grammar_state.hpp"
#include "ringlet/linux/token_trie.hpp"
#include "support/grammars.hpp"
#include "support/guarded_bytes.hpp"
#include "support/model_image.hpp"
#include "support/random.hpp"
#include "support/reference_matcher.hpp"

namespace ringlet::test {

/// What tests fill the lists and the span of lists_grammar() with.
inline RunTime usual_run_time() {
  return {.lists = {{"rooms", {"kitchen", "bed", "bedroom", "caf\xC3\xA9", "hall 2"}},
                    {"scenes", {"night", "movie"}}},
          .span = "turn on the caf\xC3\xA9 lamp, the \"old\" one\nand milk"};
}

/// A trie built in memory, and the view of it.
struct BuiltTrie {
  explicit BuiltTrie(const Model& model) : words(port::build_token_trie(model)) {
    const Result<TokenTrie> opened = TokenTrie::open(model, std::as_bytes(std::span(words)));
    EXPECT_TRUE(opened.ok()) << opened.status().where() << ": " << opened.status().what() << " at "
                             << opened.status().index();
    trie = *opened;
  }

  std::vector<std::uint32_t> words;
  TokenTrie trie;
};

class GrammarRig {
 public:
  GrammarRig(const Model& model, const TokenTrie& trie, const Grammar& grammar,
             const RunTime& run_time, GrammarOptions options = {})
      : run_time_(run_time) {
    options.span_bytes = static_cast<std::uint32_t>(run_time.span.size());
    memory_ = GuardedBytes(
        static_cast<std::size_t>(GrammarState::workspace_bytes(model, grammar, options)),
        std::byte{0xCD});
    const auto made = GrammarState::create(trie, grammar, options, memory_.span());
    EXPECT_TRUE(made.ok()) << made.status().where() << ": " << made.status().what();
    state = *made;
    for (const auto& [name, words] : run_time_.lists) set_list(name, words);
    if (grammar.has_spans()) {
      EXPECT_TRUE(state.set_span(run_time_.span).ok());
    }
  }
  GrammarRig(const GrammarRig&) = delete;
  ~GrammarRig() {
    if (!memory_.intact()) std::abort();  // fuzz targets have no test that could fail
  }

  /// Fills a list of the grammar.
  Status fill(const std::string& name, const std::vector<std::string>& words) {
    const std::vector<std::string_view> views(words.begin(), words.end());
    const WordSource source = WordSource::of(views);
    AlignedBytes& memory =
        words_.emplace_back(static_cast<std::size_t>(sorted_words_bytes(source)));
    const auto list = sort_words(source, memory.span());
    return list.ok() ? state.set_list(name, *list) : list.status();
  }

  /// The same, where the grammar has the list.
  void set_list(const std::string& name, const std::vector<std::string>& words) {
    const Status status = fill(name, words);
    EXPECT_TRUE(status.ok() || std::string_view(status.where()) == "name") << status.what();
  }

  /// Fills lists until one is refused.
  bool try_lists(const std::map<std::string, std::vector<std::string>>& lists) {
    return std::all_of(lists.begin(), lists.end(),
                       [&](const auto& list) { return fill(list.first, list.second).ok(); });
  }

  [[nodiscard]] bool mask_has(std::uint32_t token) {
    const auto mask = state.mask();
    return (mask[token / 32] >> (token % 32) & 1) != 0;
  }

  GrammarState state;

 private:
  RunTime run_time_;
  std::deque<AlignedBytes> words_;
  GuardedBytes memory_;
};

/// The tokens of a mask.
inline std::vector<TokenId> tokens_of(std::span<const std::uint32_t> mask) {
  std::vector<TokenId> tokens;
  for (std::size_t word = 0; word < mask.size(); ++word) {
    for (std::uint32_t bits = mask[word]; bits != 0; bits &= bits - 1) {
      tokens.push_back(
          static_cast<TokenId>(word * 32 + static_cast<std::size_t>(__builtin_ctz(bits))));
    }
  }
  return tokens;
}

}  // namespace ringlet::test
