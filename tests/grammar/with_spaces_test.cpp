// Spaced lists and spans: texts of the automaton have no space in front of them, what a model
// writes has one.
#include "grammar/with_spaces.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "grammar/grammar_file.hpp"
#include "grammar/sample.hpp"
#include "grammar/source.hpp"
#include "grammar/walk.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::grammar {
namespace {

Automaton schema(const std::string& source) {
  return compile_source(SourceKind::json_schema, source, "source", {.whitespace = Whitespace::none})
      .automaton;
}

std::string refusal(const std::string& source) {
  try {
    (void)schema(source);
  } catch (const port::Failure& failure) {
    return failure.what();
  }
  return "";
}

const char* const command = R"({"type":"array","maxItems":2,"items":{"type":"object",
  "required":["area"],"additionalProperties":false,"properties":{
    "area":{"type":"string","x-ringlet-list":"area","x-ringlet-spaced":true},
    "plain":{"type":"string","x-ringlet-list":"area"},
    "item":{"type":"string","x-ringlet-span":"words","x-ringlet-spaced":true}}}})";

GivenTexts given() { return {.lists = {{"area", {"kitchen", "bath"}}}, .text = "add milk"}; }

/// A text with a space in front of each word that follows one of these keys.
std::string written(std::string text) {
  for (const std::string key : {"\"area\":\"", "\"item\":\""}) {
    for (std::size_t at = 0; (at = text.find(key, at)) != std::string::npos; ++at) {
      text.insert(at + key.size(), 1, ' ');
    }
  }
  return text;
}

TEST(WithSpaces, ReadsWhatAModelWrites) {
  const Automaton texts = schema(command);
  const Automaton tokens = with_spaces(texts);
  const GivenTexts words = given();
  std::mt19937_64 random(1);
  const TextSampler sampler(texts, words);
  std::size_t spaced = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string text = sampler.text(random, 40);
    const std::string tokens_text = written(text);
    EXPECT_TRUE(accepts(texts, text, words)) << text;
    EXPECT_TRUE(accepts(tokens, tokens_text, words)) << tokens_text;
    if (tokens_text == text) continue;
    ++spaced;
    EXPECT_FALSE(accepts(texts, tokens_text, words)) << tokens_text;
    EXPECT_FALSE(accepts(tokens, text, words)) << text;
  }
  EXPECT_GT(spaced, 50U);
}

TEST(WithSpaces, AddsAStateForEachSpacedOne) {
  const Automaton texts = schema(command);
  const Automaton tokens = with_spaces(texts);
  std::size_t spaced = 0;
  for (const State& state : texts.states) spaced += state.spaced ? 1 : 0;
  EXPECT_EQ(spaced, 2U);  // both objects of the array have the same states
  EXPECT_EQ(tokens.states.size(), texts.states.size() + spaced);
  EXPECT_EQ(tokens.depth, texts.depth);
  // A plain list of the same name is another state.
  EXPECT_NE(write_grammar(texts).size(), 0U);
}

TEST(WithSpaces, ChangesNothingWhereNothingIsSpaced) {
  const std::string source = R"({"type":"object","properties":{"a":{"type":"string",
    "x-ringlet-list":"a"SPACED}}})";
  const auto with = [&](const std::string& text) {
    std::string changed = source;
    changed.replace(changed.find("SPACED"), 6, text);
    return write_grammar(schema(changed));
  };
  EXPECT_EQ(with(""), with(R"(,"x-ringlet-spaced":false)"));
  EXPECT_NE(with(""), with(R"(,"x-ringlet-spaced":true)"));
}

TEST(WithSpaces, MovesTheStart) {
  Automaton automaton;
  automaton.lists = {"things"};
  automaton.states = {{.kind = StateKind::list, .next = 1, .spaced = true}, {.returns = true}};
  const Automaton tokens = with_spaces(automaton);
  const GivenTexts words{.lists = {{"things", {"cup"}}}, .text = ""};
  EXPECT_TRUE(accepts(automaton, "cup", words));
  EXPECT_TRUE(accepts(tokens, " cup", words));
  EXPECT_FALSE(accepts(tokens, "cup", words));
}

TEST(WithSpaces, SchemasSayWhereASpaceIs) {
  EXPECT_NE(refusal(R"({"type":"string","x-ringlet-spaced":true})")
                .find("needs 'x-ringlet-list' or 'x-ringlet-span' beside it"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"type":"string","x-ringlet-list":"a","x-ringlet-spaced":1})")
                .find("must be true or false"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"type":"string","x-ringlet-list":"a","x-ringlet-space":true})")
                .find("did you mean 'x-ringlet-spaced'?"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"anyOf":[{"type":"string","x-ringlet-list":"a"},
                       {"type":"string","x-ringlet-list":"a","x-ringlet-spaced":true}]})")
                .find("something else can stand too"),
            std::string::npos);
}

}  // namespace
}  // namespace ringlet::grammar
