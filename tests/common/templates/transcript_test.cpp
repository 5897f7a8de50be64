// How a prompt continues what a session holds, and the tokens of prompts.
#include "templates/transcript.hpp"

#include <gtest/gtest.h>

#include "support/vocabularies.hpp"
#include "templates/encode_prompt.hpp"

namespace ringlet::templates {
namespace {

/// A byte-level vocabulary with "<|im_end|>" and "<s>".
class Transcripts : public testing::Test {
 protected:
  Transcripts()
      : file_(test::write_with_tokenizer(test::small_tokenizers()[1].tokenizer, {})),
        tokenizer_(*Tokenizer::open(file_.model)),
        control_(tokenizer_, file_.model.architecture().vocab_size) {}

  [[nodiscard]] std::vector<TokenId> encode(const Prompt& prompt) const {
    std::vector<TokenId> tokens;
    (void)encode_prompt(tokenizer_, prompt, 0, true, tokens);
    return tokens;
  }

  /// The tokens of a prompt, of a reply to it, and of what follows.
  [[nodiscard]] std::vector<TokenId> joined(const Prompt& prompt, const char* reply,
                                            const char* rest) const {
    std::vector<TokenId> tokens = encode(prompt);
    for (const char* text : {reply, rest}) {
      const std::vector<TokenId> more = encode({.text = text});
      tokens.insert(tokens.end(), more.begin(), more.end());
    }
    return tokens;
  }

  [[nodiscard]] std::string decode(std::span<const TokenId> tokens) const {
    std::string text;
    for (const TokenId token : tokens) text += spelled(tokenizer_, token);
    return text;
  }

  test::LoadedModel file_;
  Tokenizer tokenizer_;
  ControlSpellings control_;
};

TEST_F(Transcripts, LiteralControlTokensAreText) {
  const std::string text = "<|im_end|>a<|im_end|>b<|im_end|><|im_end|>";
  const auto count = [&](const std::vector<Span>& literal) {
    const std::vector<TokenId> tokens = encode({.text = text, .literal = literal});
    EXPECT_EQ(decode(tokens), text);
    return std::count_if(tokens.begin(), tokens.end(),
                         [&](TokenId token) { return tokenizer_.is_control(token); });
  };
  EXPECT_EQ(count({}), 4);
  EXPECT_EQ(count({{11, 21}}), 3);
  EXPECT_EQ(count({{0, 10}, {11, 21}}), 2);
  EXPECT_EQ(count({{0, 10}, {11, 21}, {22, 32}, {32, 42}}), 0);
}

TEST_F(Transcripts, APromptThatGoesOnAppendsOnlyTheNewPart) {
  Transcript transcript(tokenizer_, control_);
  const Prompt first{.text = "a<|im_end|>b"};
  const auto start = transcript.continue_with(first);
  EXPECT_EQ(start.keep, 0U);
  EXPECT_EQ(start.append, encode(first));
  transcript.hold(first, start);
  // The model's tokens stay, whatever the tokenizer would make of the text.
  std::vector<TokenId> reply;
  for (const char* letter : {"t", "h", "e"}) reply.push_back(tokenizer_.find(letter));
  transcript.append(reply, "the");
  const auto next = transcript.continue_with({.text = "a<|im_end|>bthe<|im_end|>c"});
  EXPECT_EQ(next.keep, start.append.size() + 3);
  EXPECT_EQ(decode(next.append), "<|im_end|>c");
}

TEST_F(Transcripts, APromptThatDiffersGoesBack) {
  Transcript transcript(tokenizer_, control_);
  const Prompt first{.text = "a<|im_end|>b<|im_end|>"};
  transcript.hold(first, transcript.continue_with(first));
  const std::vector<TokenId> reply = encode({.text = "xyz"});
  transcript.append(reply, "xyz");
  // Without the "x" of the reply.
  const Prompt second{.text = "a<|im_end|>b<|im_end|>yz<|im_end|>"};
  const auto next = transcript.continue_with(second);
  EXPECT_EQ(next.keep, encode(first).size());
  transcript.hold(second, next);
  EXPECT_EQ(decode(transcript.tokens()), second.text);
  EXPECT_EQ(transcript.held().text, second.text);
  const auto anew = transcript.continue_with({.text = "z"});
  EXPECT_EQ(anew.keep, 0U);
}

TEST_F(Transcripts, SpelledControlTokensAreNotThoseThatAreHeld) {
  const Prompt real{.text = "abc<|im_end|>d<|im_end|>"};
  const Prompt spelled{.text = real.text, .literal = {{3, 13}}};
  const Prompt both{.text = real.text, .literal = {{3, 13}, {14, 24}}};
  const std::vector<Prompt> all = {real, spelled, both};
  for (const Prompt& held : all) {
    for (const Prompt& asked : all) {
      Transcript transcript(tokenizer_, control_);
      transcript.hold(held, transcript.continue_with(held));
      transcript.hold(asked, transcript.continue_with(asked));
      const std::vector<TokenId> tokens(transcript.tokens().begin(), transcript.tokens().end());
      EXPECT_EQ(tokens, encode(asked));
      EXPECT_EQ(transcript.held().literal, asked.literal);
    }
  }
}

TEST_F(Transcripts, ARepliesSpellingIsText) {
  const Prompt question{.text = "a<|im_end|>"};
  const auto replied = [&](const Prompt& reply) {
    Transcript transcript(tokenizer_, control_);
    transcript.hold(question, transcript.continue_with(question));
    for (const TokenId token : encode(reply)) {
      transcript.append({&token, 1}, spelled(tokenizer_, token));
    }
    return transcript;
  };
  const Prompt real{.text = "a<|im_end|>b<|im_end|>"};
  const Prompt text{.text = real.text, .literal = {{12, 22}}};
  const Transcript wrote_text = replied({.text = "b<|im_end|>", .literal = {{1, 11}}});
  EXPECT_EQ(wrote_text.held().literal, text.literal);
  EXPECT_EQ(wrote_text.continue_with(text).append.size(), 1U);
  EXPECT_EQ(wrote_text.continue_with(real).append, encode({.text = "<|im_end|>"}));
  const Transcript wrote_token = replied({.text = "b<|im_end|>"});
  EXPECT_EQ(wrote_token.continue_with(real).append.size(), 1U);
  EXPECT_EQ(wrote_token.continue_with(text).append.size(), 10U);
}

TEST_F(Transcripts, AReplyThatEndsInAHalfLeavesTheTokenWhole) {
  const Prompt question{.text = "a<|im_end|>"};
  const Prompt real{.text = "a<|im_end|>bc<|im_end|>"};
  const std::string reply = "bc<|im_end|";
  for (std::size_t size = 1; size <= reply.size(); ++size) {
    Transcript transcript(tokenizer_, control_);
    transcript.hold(question, transcript.continue_with(question));
    for (const TokenId token : encode({.text = reply.substr(0, size)})) {
      transcript.append({&token, 1}, spelled(tokenizer_, token));
    }
    const auto next = transcript.continue_with(real);
    EXPECT_EQ(next.keep, encode(question).size() + std::min<std::size_t>(size, 2));
    transcript.hold(real, next);
    const std::vector<TokenId> expected = encode(real);
    EXPECT_TRUE(std::equal(transcript.tokens().begin(), transcript.tokens().end(), expected.begin(),
                           expected.end()));
  }
}

/// The tokenizer joins the letters of "the".
TEST_F(Transcripts, NothingIsDividedBehindAPrompt) {
  const Prompt whole{.text = "a<|im_end|>the<|im_end|>"};
  for (const char* end : {"", "t", "th", "the"}) {
    for (const char* reply : {"", "x", "xyz", "he"}) {
      const Prompt first{.text = std::string("a<|im_end|>") + end};
      Transcript transcript(tokenizer_, control_);
      transcript.hold(first, transcript.continue_with(first));
      for (const TokenId token : encode({.text = reply})) {
        transcript.append({&token, 1}, spelled(tokenizer_, token));
      }
      const bool is_kept = whole.text.starts_with(first.text + reply) && *reply != '\0';
      transcript.hold(whole, transcript.continue_with(whole));
      const std::vector<TokenId> tokens(transcript.tokens().begin(), transcript.tokens().end());
      const std::vector<TokenId> expected =
          is_kept ? joined(first, reply,
                           whole.text.c_str() + first.text.size() + std::string_view(reply).size())
                  : encode(whole);
      EXPECT_EQ(tokens, expected) << end << " and " << reply;
      EXPECT_EQ(decode(tokens), whole.text);
    }
  }
}

TEST_F(Transcripts, TheSamePromptRepeatsItsLastToken) {
  Transcript transcript(tokenizer_, control_);
  const Prompt prompt{.text = "a<|im_end|>b"};
  transcript.hold(prompt, transcript.continue_with(prompt));
  const auto again = transcript.continue_with(prompt);
  EXPECT_EQ(again.keep, transcript.tokens().size() - 1);
  EXPECT_EQ(again.append.size(), 1U);
  EXPECT_THROW((void)Transcript(tokenizer_, control_).continue_with({.text = ""}),
               std::runtime_error);
}

TEST_F(Transcripts, GoesBackWithTheSession) {
  Transcript transcript(tokenizer_, control_);
  const Prompt prompt{.text = "abc<|im_end|>def"};
  const auto all = transcript.continue_with(prompt);
  for (std::size_t kept = 0; kept <= all.append.size(); ++kept) {
    transcript.clear();
    transcript.hold(prompt, all);
    transcript.truncate(kept);
    const auto next = transcript.continue_with(prompt);
    EXPECT_EQ(next.keep, std::min(kept, all.append.size() - 1));
    transcript.hold(prompt, next);
    EXPECT_EQ(decode(transcript.tokens()), prompt.text);
  }
}

}  // namespace
}  // namespace ringlet::templates
