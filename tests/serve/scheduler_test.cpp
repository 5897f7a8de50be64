// Answers beside any neighbours are those of a session alone, token for token.
#include "serve/seats/scheduler.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "seats_of_the_pool.hpp"

namespace ringlet::serve {
namespace {

using std::chrono::milliseconds;

class ServeScheduler : public SeatsOfThePool {
 protected:
  /// What a session of its own says.
  std::string alone(std::size_t prompt, std::uint64_t seed, std::uint64_t limit) {
    const port::Mapping memory = port::map_session_memory(plan(model_, config(false))->total());
    Session session = *Session::create(model_, config(false), memory.bytes(), port::best_kernels());
    Job same = job(prompt, seed, limit);
    Sampler sampler = *session.sampler(same.sampling);
    Detokenizer detokenizer(tokenizer_);
    EXPECT_TRUE(prefill_text(session, tokenizer_, prompts[prompt],
                             {.sampler = &sampler, .detokenizer = &detokenizer})
                    .ok());
    std::string text;
    for (std::uint64_t i = 0; i < limit; ++i) {
      const TokenId token = sampler.sample(session.logits());
      if (tokenizer_.ends_text(token)) break;
      text += detokenizer.next(token);
      EXPECT_TRUE(session.step(token).ok());
    }
    return text += detokenizer.finish();
  }

  void run() {
    while (scheduler_->pass()) {
    }
  }
};

struct Asked {
  std::shared_ptr<Mailbox> mailbox;
  std::size_t prompt;
  std::uint64_t seed;
  std::uint64_t limit;
};

TEST_F(ServeScheduler, AnswersAreThoseOfASessionAlone) {
  for (const bool drafts : {false, true}) {
    make_pool(3, drafts);
    std::mt19937 random(drafts ? 1 : 2);
    std::vector<Asked> asked;
    while (asked.size() < 24) {
      const Asked next{nullptr, random() % 4, random() % 5, 1 + random() % 150};
      Job one = job(next.prompt, next.seed, next.limit);
      const auto mailbox = one.mailbox;
      if (scheduler_->seat(one)) asked.push_back({mailbox, next.prompt, next.seed, next.limit});
      for (auto passes = random() % 20; passes > 0; --passes) (void)scheduler_->pass();
    }
    run();
    EXPECT_EQ(counters_.failures.load(), 0U);
    for (const Asked& one : asked) {
      const News news = one.mailbox->wait(milliseconds(0));
      ASSERT_TRUE(news.ending.has_value());
      EXPECT_EQ(news.content, alone(one.prompt, one.seed, one.limit));
    }
  }
  EXPECT_GT(counters_.drafted.load(), 0U);
  EXPECT_GT(counters_.accepted.load(), 0U);
}

TEST_F(ServeScheduler, ABeginningIsNotReadTwice) {
  make_pool(2, false);
  Job first = job(3, 1, 10);
  const std::size_t tokens = first.tokens.size();
  ASSERT_TRUE(scheduler_->seat(first));
  run();
  EXPECT_EQ(counters_.prompt_tokens.load(), tokens);
  Job again = job(3, 1, 10);
  const auto mailbox = again.mailbox;
  ASSERT_TRUE(scheduler_->seat(again));
  run();
  EXPECT_EQ(counters_.prompt_tokens.load(), tokens + 1);
  const News news = mailbox->wait(milliseconds(0));
  EXPECT_EQ(news.cached_tokens, tokens - 1);
  EXPECT_EQ(news.content, alone(3, 1, 10));
}

TEST_F(ServeScheduler, AnotherConversationTakesTheEmptySeatFirst) {
  make_pool(2, false);
  for (const std::size_t prompt : {3U, 2U}) {
    Job one = job(prompt, 1, 5);
    ASSERT_TRUE(scheduler_->seat(one));
    run();
  }
  // Both are still there.
  for (const std::size_t prompt : {3U, 2U}) {
    Job one = job(prompt, 1, 5);
    const std::size_t tokens = one.tokens.size();
    const auto mailbox = one.mailbox;
    ASSERT_TRUE(scheduler_->seat(one));
    run();
    EXPECT_EQ(mailbox->wait(milliseconds(0)).cached_tokens, tokens - 1);
  }
}

TEST_F(ServeScheduler, ATokenOfEveryAnswerIsInEveryPass) {
  make_pool(2, false);
  Job answer = job(1, 1, 60);
  const auto mailbox = answer.mailbox;
  ASSERT_TRUE(scheduler_->seat(answer));
  while (mailbox->wait(milliseconds(0)).tokens < 3) ASSERT_TRUE(scheduler_->pass());
  Job prompt = job(3, 1, 1);
  ASSERT_TRUE(scheduler_->seat(prompt));
  std::uint64_t before = mailbox->wait(milliseconds(0)).tokens;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(scheduler_->pass());
    const std::uint64_t now = mailbox->wait(milliseconds(0)).tokens;
    EXPECT_EQ(now, before + 1);
    before = now;
  }
}

TEST_F(ServeScheduler, AnswersEndWhenNobodyWaits) {
  make_pool(1, false);
  Job one = job(1, 1, 1000);
  const auto mailbox = one.mailbox;
  ASSERT_TRUE(scheduler_->seat(one));
  for (int i = 0; i < 5; ++i) (void)scheduler_->pass();
  Job waits = job(2, 1, 5);
  EXPECT_FALSE(scheduler_->seat(waits));
  ASSERT_NE(waits.mailbox, nullptr);  // it is still there
  mailbox->cancel();
  EXPECT_FALSE(scheduler_->pass());
  EXPECT_EQ(mailbox->wait(milliseconds(0)).ending, Ending::cancelled);
  const auto next = waits.mailbox;
  ASSERT_TRUE(scheduler_->seat(waits));
  run();
  EXPECT_EQ(next->wait(milliseconds(0)).content, alone(2, 1, 5));
}

TEST_F(ServeScheduler, AnswersEndAtTheirDeadline) {
  make_pool(1, false);
  Job one = job(1, 1, 1000);
  one.deadline = std::chrono::steady_clock::now() - milliseconds(1);
  const auto mailbox = one.mailbox;
  ASSERT_TRUE(scheduler_->seat(one));
  EXPECT_FALSE(scheduler_->pass());
  EXPECT_EQ(mailbox->wait(milliseconds(0)).ending, Ending::overdue);
}

TEST_F(ServeScheduler, TheDeadlineCutsAnAnswerThatHasBegun) {
  make_pool(1, false);
  Job one = job(1, 1, 1'000'000);
  for (TokenId token = 0; token < model_.architecture().vocab_size; ++token) {
    if (tokenizer_.ends_text(token)) one.adjustments.biases.push_back({token, -1e9F});
  }
  one.deadline = std::chrono::steady_clock::now() + milliseconds(300);
  const auto mailbox = one.mailbox;
  ASSERT_TRUE(scheduler_->seat(one));
  run();
  const News news = mailbox->wait(milliseconds(0));
  EXPECT_EQ(news.ending, Ending::limit);
  EXPECT_FALSE(news.content.empty());
}

TEST_F(ServeScheduler, MorePromptsThanRowsTakeTurns) {
  make_pool(24, false);
  std::vector<Asked> asked;
  for (std::uint64_t i = 0; i < 24; ++i) {
    Job one = job(i % 4, i, 12);
    asked.push_back({one.mailbox, i % 4, i, 12});
    ASSERT_TRUE(scheduler_->seat(one));
  }
  run();
  for (const Asked& one : asked) {
    EXPECT_EQ(one.mailbox->wait(milliseconds(0)).content, alone(one.prompt, one.seed, one.limit));
  }
}

}  // namespace
}  // namespace ringlet::serve
