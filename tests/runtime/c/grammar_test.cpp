// A grammar through the C interface, beside the C++ one.
#include <gtest/gtest.h>

#include <cstring>

#include "grammar/grammar_file.hpp"
#include "ringlet/ringlet.h"
#include "ringlet/ringlet.hpp"
#include "support/grammar_rig.hpp"
#include "support/pieces.hpp"
#include "support/vocabularies.hpp"

namespace ringlet {
namespace {

using test::AlignedBytes;

/// A session whose plan has room for a grammar and a trie.
class CGrammar : public testing::Test {
 protected:
  CGrammar() : file_(test::write_with_tokenizer(tokenizer(), test::all_f32)) {
    trie_words_ = port::build_token_trie(file_.model);
    EXPECT_EQ(ringlet_model_open(&model_, file_.bytes.data(), file_.bytes.size()).code, RINGLET_OK);
    EXPECT_EQ(ringlet_grammar_open(&grammar_, loaded_.bytes.data(), loaded_.bytes.size()).code,
              RINGLET_OK);
    config_ = ringlet_config_default();
    config_.grammar_bytes = ringlet_grammar_workspace_bytes(&model_, &grammar_, &options_);
    config_.token_trie_bytes = trie_words_.size() * sizeof(std::uint32_t);
    ringlet_plan plan{};
    EXPECT_EQ(ringlet_plan_create(&model_, &config_, &plan).code, RINGLET_OK);
    const ringlet_section* section = ringlet_plan_find(&plan, RINGLET_SECTION_GRAMMAR);
    EXPECT_TRUE(section != nullptr && section->bytes >= config_.grammar_bytes);
    EXPECT_STREQ(ringlet_section_name(RINGLET_SECTION_TOKEN_TRIE), "token trie");
    memory_ = AlignedBytes(static_cast<std::size_t>(plan.total));
    EXPECT_EQ(ringlet_session_create(&session_, &model_, &config_, memory_.data(), memory_.size(),
                                     ringlet_kernels_scalar(), nullptr)
                  .code,
              RINGLET_OK);
    const ringlet_span room = ringlet_session_token_trie_memory(&session_);
    EXPECT_GE(room.size, config_.token_trie_bytes);
    std::memcpy(room.data, trie_words_.data(), trie_words_.size() * sizeof(std::uint32_t));
    EXPECT_EQ(ringlet_token_trie_open_memory(&trie_, &model_, room.data,
                                             trie_words_.size() * sizeof(std::uint32_t))
                  .code,
              RINGLET_OK);
    EXPECT_EQ(ringlet_grammar_create(&state_, &trie_, &grammar_, &options_,
                                     ringlet_session_grammar_workspace(&session_))
                  .code,
              RINGLET_OK);
  }

  static convert::SourceTokenizer tokenizer() {
    convert::SourceTokenizer result;
    result.pieces = test::special_and_byte_pieces();
    result.bos = 1;
    result.eos = 2;
    result.unknown = 0;
    return result;
  }

  std::string accept(std::string_view text) {
    std::string accepted;
    for (const char c : text) {
      if (!ringlet_grammar_accept(&state_,
                                  test::first_byte_token + static_cast<unsigned char>(c))) {
        break;
      }
      accepted += c;
    }
    return accepted;
  }

  test::LoadedModel file_;
  test::LoadedGrammar loaded_{test::lists_grammar()};
  std::vector<std::uint32_t> trie_words_;
  ringlet_grammar_options options_ = {.undo_tokens = 2, .span_bytes = 32};
  ringlet_model model_{};
  ringlet_grammar grammar_{};
  ringlet_config config_{};
  ringlet_session session_{};
  ringlet_token_trie trie_{};
  ringlet_grammar_state state_{};
  AlignedBytes memory_;
};

TEST_F(CGrammar, FollowsATextWithListsAndSpan) {
  ASSERT_EQ(ringlet_grammar_list_count(&grammar_), 2U);
  EXPECT_EQ(std::string(ringlet_grammar_list_name(&grammar_, 0).data,
                        ringlet_grammar_list_name(&grammar_, 0).size),
            "rooms");
  const ringlet_text words[] = {{"kitchen", 7}, {"bed", 3}};
  AlignedBytes words_memory(static_cast<std::size_t>(ringlet_words_sorted_bytes(words, 2)));
  ringlet_word_list rooms{};
  ASSERT_EQ(ringlet_words_sort(&rooms, words, 2, {words_memory.data(), words_memory.size()}).code,
            RINGLET_OK);
  EXPECT_EQ(rooms.count, 2U);
  ASSERT_EQ(ringlet_grammar_set_list(&state_, "rooms", &rooms).code, RINGLET_OK);
  EXPECT_EQ(ringlet_grammar_set_list(&state_, "cellars", &rooms).code, RINGLET_INVALID_ARGUMENT);
  ASSERT_EQ(ringlet_grammar_set_span(&state_, "buy milk", 8).code, RINGLET_OK);
  ASSERT_EQ(ringlet_grammar_reset(&state_, false).code, RINGLET_OK);
  char out[64];
  const std::size_t forced = ringlet_grammar_forced(&state_, out, sizeof(out));
  EXPECT_EQ(std::string(out, forced), "{\"room\":\"");
  const std::string text = "{\"room\":\"bed\",\"item\":\"~milk\"}";
  EXPECT_EQ(std::string(out, ringlet_grammar_forced_text(&state_, out, sizeof(out))),
            "{\"room\":\"");
  EXPECT_EQ(accept(text), text);
  const ringlet_text last = ringlet_grammar_text(&state_);
  EXPECT_EQ(std::string(last.data, last.size), "}");
  EXPECT_TRUE(ringlet_grammar_done(&state_));
  EXPECT_TRUE(ringlet_grammar_allows(&state_, 2));
  std::size_t size = 0;
  const std::uint32_t* mask = ringlet_grammar_mask(&state_, &size);
  ASSERT_EQ(size, (file_.model.architecture().vocab_size + 31) / 32);
  EXPECT_EQ(test::tokens_of({mask, size}), (std::vector<TokenId>{1, 2}));
  EXPECT_EQ(ringlet_grammar_undoable(&state_), 2U);
  EXPECT_EQ(ringlet_grammar_undo(&state_, 3).code, RINGLET_OUT_OF_RANGE);
  AlignedBytes saved(static_cast<std::size_t>(ringlet_grammar_saved_bytes(&state_)));
  ASSERT_EQ(ringlet_grammar_save(&state_, {saved.data(), saved.size()}).code, RINGLET_OK);
  EXPECT_TRUE(ringlet_grammar_accept(&state_, 2));
  EXPECT_TRUE(ringlet_grammar_ended(&state_));
  ASSERT_EQ(ringlet_grammar_undo(&state_, 1).code, RINGLET_OK);
  EXPECT_FALSE(ringlet_grammar_ended(&state_));
  ASSERT_EQ(ringlet_grammar_restore(&state_, saved.data(), saved.size()).code, RINGLET_OK);
  EXPECT_TRUE(ringlet_grammar_done(&state_));
}

TEST_F(CGrammar, ReadsListsOfAFileAndSamples) {
  const AlignedBytes file(grammar::write_words({{"scenes", {"night"}}}));
  ringlet_word_lists lists{};
  ASSERT_EQ(ringlet_word_lists_open(&lists, file.data(), file.size()).code, RINGLET_OK);
  ASSERT_EQ(ringlet_word_lists_count(&lists), 1U);
  EXPECT_EQ(ringlet_word_lists_name(&lists, 0).size, 6U);
  EXPECT_EQ(ringlet_word_lists_get(&lists, 0).count, 1U);
  ASSERT_EQ(ringlet_grammar_set_lists(&state_, &lists).code, RINGLET_OK);
  ASSERT_EQ(ringlet_grammar_set_span(&state_, "", 0).code, RINGLET_OK);
  ASSERT_EQ(ringlet_grammar_reset(&state_, false).code, RINGLET_OK);
  const std::uint32_t vocab_size = file_.model.architecture().vocab_size;
  const ringlet_sampler_options options = ringlet_sampler_options_default();
  ringlet_sampler sampler{};
  ASSERT_EQ(ringlet_session_sampler(&session_, &options, &sampler).code, RINGLET_OK);
  const std::vector<float> logits(vocab_size, 0.5F);
  std::string text;
  while (!ringlet_grammar_ended(&state_) && text.size() < 64) {
    const ringlet_token token =
        ringlet_grammar_sample(&state_, &sampler, logits.data(), logits.size());
    ASSERT_TRUE(ringlet_grammar_accept(&state_, token));
    if (token >= test::first_byte_token) text += static_cast<char>(token - test::first_byte_token);
  }
  EXPECT_EQ(text, "{\"scene\":\"night\"}");
  ringlet_token_trie none{};
  EXPECT_EQ(ringlet_token_trie_open(&none, &model_).code, RINGLET_UNSUPPORTED);
}

}  // namespace
}  // namespace ringlet
