// The state of a grammar: accepting, taking back, what is forced, ends, lists, spans, saved states,
// and the memory that is planned.
#include "ringlet/grammar_state.hpp"

#include <gtest/gtest.h>

#include "grammar/state.hpp"
#include "runtime/grammar/state_rig.hpp"
#include "support/kernel_sets.hpp"

namespace ringlet {
namespace {

using namespace state_rig;

TEST(GrammarState, AcceptsOneTextAndItsEnd) {
  Json json;
  EXPECT_FALSE(json.state.done());
  EXPECT_FALSE(json.state.accept(end));
  const std::string text = "{\"a\": [1.5,true], \"b\":\"\\u00e\"}";
  EXPECT_EQ(accept(json.state, text), "{\"a\": [1.5,true], \"b\":\"\\u00");
  EXPECT_FALSE(json.state.accept(byte_token('e')));
  EXPECT_EQ(accept(json.state, "0A\"}"), "0A\"}");
  EXPECT_TRUE(json.state.done());
  EXPECT_FALSE(json.state.allows(byte_token(' ')));
  EXPECT_TRUE(json.state.accept(end));
  EXPECT_TRUE(json.state.ended());
  EXPECT_FALSE(json.state.accept(end));
  EXPECT_FALSE(json.state.done());
  ASSERT_TRUE(json.state.reset().ok());
  EXPECT_EQ(accept(json.state, "12"), "12");
  EXPECT_TRUE(json.mask_has(end));
}

TEST(GrammarState, StopsAtTheDepthOfItsFile) {
  Json json;
  const std::string open = accept(json.state, std::string(100, '['));
  EXPECT_EQ(open.size(), Json::file().grammar.depth() + 1);
  EXPECT_EQ(accept(json.state, std::string(open.size(), ']')).size(), open.size());
  EXPECT_TRUE(json.state.done());
}

TEST(GrammarState, TakesBackTokens) {
  constexpr std::uint32_t most = 4;
  Json json({.undo_tokens = most});
  EXPECT_EQ(json.state.undo(1).code(), ErrorCode::out_of_range);
  test::Random random(7);
  std::vector<std::vector<TokenId>> masks;  // before each token
  std::string text;
  std::uint32_t undoable = 0;
  for (int i = 0; i < 400 && !json.state.ended(); ++i) {
    masks.resize(text.size());
    masks.push_back(test::tokens_of(json.state.mask()));
    ASSERT_EQ(json.state.undoable(), undoable);
    if (undoable > 0 && random.below(3) == 0) {
      const std::uint32_t back = 1 + random.below(undoable);
      ASSERT_TRUE(json.state.undo(back).ok());
      undoable -= back;
      text.erase(text.size() - back);
      ASSERT_EQ(test::tokens_of(json.state.mask()), masks[text.size()]);
      continue;
    }
    constexpr std::string_view bytes = "[{]}\"a:,1t";
    const char c = bytes[random.below(static_cast<std::uint32_t>(bytes.size()))];
    if (!json.state.accept(byte_token(c))) continue;
    text += c;
    undoable = std::min(undoable + 1, most);
  }
  EXPECT_EQ(json.state.undo(most + 1).code(), ErrorCode::out_of_range);
  // An end can be taken back too.
  ASSERT_TRUE(json.state.reset().ok());
  EXPECT_TRUE(json.state.accept(byte_token('1')) && json.state.accept(end));
  ASSERT_TRUE(json.state.undo(1).ok());
  EXPECT_TRUE(json.state.done());
}

TEST(GrammarState, KnowsWhatIsForced) {
  Lists lists;
  char out[32];
  const auto forced = [&] { return std::string(out, lists.state.forced(out)); };
  EXPECT_EQ(lists.after_reset(""), "");
  EXPECT_EQ(forced(), "{\"");
  EXPECT_EQ(forced(), "{\"");
  accept(lists.state, "{\"s");
  EXPECT_EQ(forced(), "cene\":\"");
  accept(lists.state, "cene\":\"n");
  EXPECT_EQ(forced(), "ight\"");
  EXPECT_EQ(lists.state.forced(std::span(out).first(2)), 2U);
  accept(lists.state, "ight\"");
  EXPECT_EQ(forced(), "");
  accept(lists.state, "}");
  EXPECT_EQ(forced(), "");
  EXPECT_TRUE(lists.state.done());
}

TEST(GrammarState, ReadsTheWordsOfLists) {
  Lists lists;
  const auto after = [&](const char* text) { return lists.after_reset(text) == text; };
  EXPECT_TRUE(after("{\"room\":\"kitchen\"}"));
  EXPECT_TRUE(after("{\"room\":\"bed\"}"));
  EXPECT_TRUE(after("{\"room\":\"bedroom\"}"));
  EXPECT_TRUE(after("{\"room\":\"caf\xC3\xA9\"}"));
  EXPECT_FALSE(after("{\"room\":\"bedr\"}"));
  EXPECT_FALSE(after("{\"room\":\"\"}"));
  EXPECT_FALSE(after("{\"room\":\"night\"}"));
  EXPECT_TRUE(after("{\"scene\":\"night\"}"));
}

TEST(GrammarState, AlternativesOfEmptyListsDisappear) {
  RunTime run_time = test::usual_run_time();
  run_time.lists["scenes"].clear();
  Lists lists(run_time);
  EXPECT_EQ(lists.after_reset("{\"scene"), "{\"");
  char out[16];
  EXPECT_EQ(std::string(out, lists.state.forced(out)), "room\":\"");
  lists.set_list("scenes", {"party"});
  EXPECT_TRUE(lists.state.ended()) << "needs a reset";
  EXPECT_EQ(lists.after_reset("{\"scene\":\"party\"}").size(), 17U);
  lists.set_list("rooms", {});
  lists.set_list("scenes", {});
  const Status status = lists.state.reset();
  EXPECT_EQ(status.code(), ErrorCode::invalid_argument);
  EXPECT_STREQ(status.where(), "lists");
  EXPECT_TRUE(test::tokens_of(lists.state.mask()).empty());
}

TEST(GrammarState, ReturnsToNoEmptyList) {
  test::AutomatonMaker maker;
  const std::uint32_t start = maker.state();
  const std::uint32_t end_of_rule = maker.state(true);
  const std::uint32_t end_of_text = maker.state(true);
  const std::uint32_t things = maker.list("things", end_of_text);
  maker.edge(start, 'a', end_of_rule, {things});
  maker.edge(start, 'b', end_of_rule);
  const LoadedGrammar file(maker.finish(1));
  GrammarRig rig(model(), trie(), file.grammar, {});
  ASSERT_TRUE(rig.state.reset().ok());
  EXPECT_EQ(test::tokens_of(rig.state.mask()), std::vector<TokenId>{byte_token('b')});
  rig.set_list("things", {"cup"});
  ASSERT_TRUE(rig.state.reset().ok());
  EXPECT_EQ(accept(rig.state, "acup"), "acup");
  EXPECT_TRUE(rig.state.done());
}

TEST(GrammarState, RefusesListsThatItCannotRead) {
  Lists lists;
  EXPECT_STREQ(lists.fill("towns", {"Bern"}).where(), "name");
  EXPECT_STREQ(lists.fill("rooms", {"a\"b"}).where(), "words");
  EXPECT_STREQ(lists.fill("rooms", {"a", ""}).where(), "words");
  EXPECT_EQ(lists.fill("rooms", {"a", "\xC3"}).index(), 1);
  // Here a word is followed by a comma, with which another one goes on.
  test::AutomatonMaker maker;
  const std::uint32_t comma = maker.state();
  maker.automaton.states.insert(maker.automaton.states.begin(), grammar::State{});
  maker.automaton.states[0] = {.kind = grammar::StateKind::list, .next = comma + 1};
  maker.automaton.lists = {"things"};
  maker.automaton.states[1].edges = {{.first = ',', .last = ',', .target = 2}};
  maker.automaton.states.push_back({.returns = true});
  const LoadedGrammar file(maker.finish(0));
  GrammarRig rig(model(), trie(), file.grammar, {});
  EXPECT_TRUE(rig.fill("things", {"a,b", "c"}).ok());
  EXPECT_TRUE(rig.fill("things", {"a b", "a"}).ok());
  EXPECT_STREQ(rig.fill("things", {"a,b", "a"}).where(), "words");
}

TEST(GrammarState, ReadsRunsOfAText) {
  Lists lists;  // turn on the café lamp, the "old" one\nand milk
  const auto reads = [&](const std::string& run) {
    const std::string text = "{\"room\":\"bed\",\"item\":\"" + run + "\"}";
    return lists.after_reset(text) == text;
  };
  EXPECT_TRUE(reads(":turn on the caf\xC3\xA9 lamp, the "));
  EXPECT_TRUE(reads(":n t"));
  EXPECT_TRUE(reads(":old"));
  EXPECT_TRUE(reads("~the"));
  EXPECT_TRUE(reads("~caf\xC3\xA9 lamp"));
  EXPECT_TRUE(reads("~and milk"));
  EXPECT_FALSE(reads("~n t"));
  EXPECT_FALSE(reads("~caf"));
  EXPECT_FALSE(reads(":caf\xC3"));
  EXPECT_FALSE(reads(":turn off"));
  EXPECT_FALSE(reads(":"));
  EXPECT_FALSE(reads(":one and"));
  EXPECT_FALSE(reads(":the old"));
}

TEST(GrammarState, RefusesTextsForSpans) {
  Lists lists;
  EXPECT_EQ(lists.state.set_span(std::string(500, 'a')).code(), ErrorCode::not_enough_memory);
  EXPECT_EQ(lists.state.set_span("a\xFF").code(), ErrorCode::invalid_argument);
  // Without a run, nothing with an item is left.
  ASSERT_TRUE(lists.state.set_span("").ok());
  EXPECT_EQ(lists.after_reset("{\"room\":\"bed\","), "{\"room\":\"bed\"");
}

TEST(GrammarState, IsSavedAndRestored) {
  Lists lists;
  Lists other;
  ASSERT_TRUE(other.state.reset().ok());
  const std::string text = "{\"room\":\"bedroom\",\"item\":\"~caf\xC3\xA9 lamp\"}";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    EXPECT_EQ(lists.after_reset(text.substr(0, size)).size(), size);
    test::AlignedBytes saved(static_cast<std::size_t>(lists.state.saved_bytes()));
    ASSERT_TRUE(lists.state.save(saved.span()).ok());
    ASSERT_TRUE(other.state.restore(saved.span()).ok()) << size;
    EXPECT_EQ(test::tokens_of(other.state.mask()), test::tokens_of(lists.state.mask()));
    EXPECT_EQ(accept(other.state, text.substr(size)), text.substr(size));
    EXPECT_TRUE(other.state.done());
  }
  EXPECT_EQ(other.state.restore({}).code(), ErrorCode::invalid_snapshot);
  std::byte few[2];
  EXPECT_EQ(other.state.save(few).code(), ErrorCode::not_enough_memory);
}

TEST(GrammarState, UsesExactlyItsPlannedMemory) {
  const Grammar& grammar = Lists::file().grammar;
  const GrammarOptions options{.undo_tokens = 3, .span_bytes = 50};
  const auto bytes =
      static_cast<std::size_t>(GrammarState::workspace_bytes(model(), grammar, options));
  test::AlignedBytes memory(bytes);
  EXPECT_TRUE(GrammarState::create(trie(), grammar, options, memory.span()).ok());
  const auto less = GrammarState::create(trie(), grammar, options, memory.span().first(bytes - 1));
  EXPECT_EQ(less.status().code(), ErrorCode::not_enough_memory);
  EXPECT_EQ(less.status().needed(), bytes);
  EXPECT_STREQ(less.status().where(), "workspace");
  EXPECT_EQ(less.status().actual(), bytes - 1);
  EXPECT_EQ(
      GrammarState::create(trie(), grammar, options, memory.span().subspan(4)).status().code(),
      ErrorCode::invalid_argument);
  const auto where = [&](const GrammarOptions& wrong) {
    return std::string(
        GrammarState::create(trie(), grammar, wrong, memory.span()).status().where());
  };
  EXPECT_EQ(where({.undo_tokens = 5000}), "undo_tokens");
  EXPECT_EQ(where({.span_bytes = 5000}), "span_bytes");
  EXPECT_STREQ(GrammarState::create({}, grammar, {}, memory.span()).status().where(), "trie");
  EXPECT_STREQ(GrammarState::create(trie(), {}, {}, memory.span()).status().where(), "grammar");
}

/// The numbers of the design: 24 KiB at 152,000 tokens, 3 KiB at 4,096.
TEST(GrammarState, IsSmall) {
  const Grammar& json = Json::file().grammar;
  EXPECT_LE(GrammarWorkspace(151936, 128, json, {.undo_tokens = 15}).total, 24U * 1024);
  EXPECT_LE(GrammarWorkspace(4096, 32, json, {.undo_tokens = 15}).total, 3U * 1024);
}

TEST(GrammarState, SamplesAsWithTheMask) {
  Json json;
  const std::uint32_t vocab_size = model().architecture().vocab_size;
  test::Random random(3);
  for (const float temperature : {0.0F, 0.9F}) {
    const SamplerOptions options{.temperature = temperature, .repeat_penalty = 1.3F, .seed = 5};
    test::AlignedBytes memory(
        static_cast<std::size_t>(Sampler::workspace_bytes(vocab_size, options.repeat_window)));
    test::AlignedBytes other_memory(memory);
    Sampler sampler =
        *Sampler::create(options, vocab_size, memory.span(), *test::kernel_sets().front());
    Sampler other =
        *Sampler::create(options, vocab_size, other_memory.span(), *test::kernel_sets().front());
    ASSERT_TRUE(json.state.reset().ok());
    for (int i = 0; i < 60 && !json.state.ended(); ++i) {
      std::vector<float> logits(vocab_size);
      for (float& logit : logits) logit = 4 * random.symmetric();
      const TokenId token = sample(sampler, json.state, logits);
      EXPECT_EQ(token, other.sample(logits, json.state.mask()));
      ASSERT_TRUE(json.state.accept(token));
    }
  }
}

}  // namespace
}  // namespace ringlet
