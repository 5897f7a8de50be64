// Spaces in front of words and runs that a model writes and that are no part of the text.
#include <gtest/gtest.h>

#include "ringlet/grammar_state.hpp"
#include "runtime/grammar/state_rig.hpp"

namespace ringlet {
namespace {

using namespace state_rig;

struct Spaced : GrammarRig {
  explicit Spaced(GrammarOptions options = {})
      : GrammarRig(model(), trie(), file().grammar, test::usual_run_time(), options) {
    EXPECT_TRUE(state.reset().ok());
  }
  static const LoadedGrammar& file() {
    static const LoadedGrammar grammar(test::spaced_grammar());
    return grammar;
  }
  /// Accepts bytes; returns what they add to the text.
  std::string text_after(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
      EXPECT_TRUE(state.accept(byte_token(c))) << c;
      text += state.text();
    }
    return text;
  }
};

TEST(GrammarState, TellsTheTextWithoutSpacesInFrontOfWords) {
  Spaced spaced({.undo_tokens = 4});
  ASSERT_TRUE(Spaced::file().grammar.has_spaces());
  EXPECT_FALSE(Lists::file().grammar.has_spaces());
  EXPECT_EQ(spaced.text_after("{\"room\":\""), "{\"room\":\"");
  EXPECT_EQ(test::tokens_of(spaced.state.mask()), std::vector<TokenId>{byte_token(' ')});
  EXPECT_EQ(spaced.text_after(" kitchen\",\"item\":\"~ the"), "kitchen\",\"item\":\"~the");
  ASSERT_TRUE(spaced.state.undo(4).ok());
  EXPECT_EQ(spaced.state.text(), "");
  EXPECT_TRUE(spaced.state.accept(model().architecture().vocab_size - 3));  // " the"
  EXPECT_EQ(spaced.state.text(), "the");
  EXPECT_EQ(spaced.text_after("\"}"), "\"}");
  EXPECT_TRUE(spaced.state.accept(end));
  EXPECT_EQ(spaced.state.text(), "");
  // The space of a list to return to.
  ASSERT_TRUE(spaced.state.reset().ok());
  EXPECT_EQ(spaced.text_after("{\"both\":\" bed\"}"), "{\"both\":\"bed\"}");
  EXPECT_TRUE(spaced.state.done());
}

TEST(GrammarState, ContinuesInFrontOfASpace) {
  Spaced spaced;
  Spaced other;
  for (const char* before : {"{\"room\":\"", "{\"room\":\" ", "{\"room\":\" bed"}) {
    ASSERT_TRUE(spaced.state.reset().ok());
    (void)spaced.text_after(before);
    test::AlignedBytes saved(static_cast<std::size_t>(spaced.state.saved_bytes()));
    ASSERT_TRUE(spaced.state.save(saved.span()).ok());
    ASSERT_TRUE(other.state.restore(saved.span()).ok());
    EXPECT_EQ(other.state.text(), "");
    EXPECT_EQ(test::tokens_of(other.state.mask()), test::tokens_of(spaced.state.mask()));
  }
}

TEST(GrammarState, DoesNotForceASpaceAlone) {
  Spaced spaced;
  char out[32];
  const auto forced = [&] { return std::string(out, spaced.state.forced(out)); };
  const auto forced_text = [&] { return std::string(out, spaced.state.forced_text(out)); };
  (void)spaced.text_after("{\"r");
  EXPECT_EQ(forced(), "oom\":\"");
  (void)spaced.text_after("oom\":\"");
  EXPECT_EQ(forced(), "");
  spaced.set_list("rooms", {"hall"});
  ASSERT_TRUE(spaced.state.reset().ok());
  (void)spaced.text_after("{\"r");
  EXPECT_EQ(forced(), "oom\":\" hall\"");
  EXPECT_EQ(forced_text(), "oom\":\"hall\"");
  (void)spaced.text_after("oom\":\"");
  EXPECT_EQ(spaced.state.forced(std::span(out).first(1)), 0U);
  EXPECT_EQ(forced(), " hall\"");
}

TEST(GrammarState, BeginsWithASpace) {
  test::AutomatonMaker maker;
  (void)maker.list("things", 1, true);
  const std::uint32_t comma = maker.state(true);
  maker.edge(comma, ',', 2);
  (void)maker.span(3, false, true);
  (void)maker.state(true);
  const LoadedGrammar file(maker.finish(0));
  RunTime run_time{.lists = {{"things", {"the", " a"}}}, .span = "b the "};
  GrammarRig rig(model(), trie(), file.grammar, run_time);
  ASSERT_TRUE(rig.state.reset().ok());
  std::string text;
  for (const TokenId token : {model().architecture().vocab_size - 3, byte_token(','),
                              byte_token(' '), model().architecture().vocab_size - 3}) {
    ASSERT_TRUE(rig.state.accept(token));
    text += rig.state.text();
  }
  EXPECT_EQ(text, "the, the");  // the run begins with a space of its own
  EXPECT_TRUE(rig.state.done());
  ASSERT_TRUE(rig.state.reset().ok());
  EXPECT_EQ(accept(rig.state, "  a,  t"), "  a,  t");
}

TEST(GrammarState, LeavesOutTheFirstSpace) {
  Json json;
  const TokenId the = model().architecture().vocab_size - 3;
  ASSERT_TRUE(json.state.reset(true).ok());
  EXPECT_FALSE(json.state.allows(byte_token(' ')));
  EXPECT_FALSE(json.state.allows(the));
  EXPECT_TRUE(json.state.accept(the + 1));  // true
  // As in the detokenizer, only the first piece loses its space.
  EXPECT_FALSE(json.state.accept(the));
}

}  // namespace
}  // namespace ringlet
