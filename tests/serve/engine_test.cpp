// A burst is admitted as far as seats and queue reach, whenever the thread comes to it.
#include "serve/seats/engine.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "seats_of_the_pool.hpp"

namespace ringlet::serve {
namespace {

constexpr std::uint64_t answer_tokens = 5;

/// Holds the thread of the engine while it gives the first job a seat.
class HoldingKeeper final : public SeatKeeper {
 public:
  [[nodiscard]] std::size_t best_share(const Job&) const override {
    if (!held_) {
      held_ = true;
      seating_.set_value();
      go_on_.get_future().wait();
    }
    return 0;
  }
  bool bring_back(const Job&, Seat&) override { return false; }
  void keep(Seat&) override {}

  void wait_until_seating() { seating_.get_future().wait(); }
  void let_go() { go_on_.set_value(); }

 private:
  mutable bool held_ = false;
  mutable std::promise<void> seating_;
  mutable std::promise<void> go_on_;
};

class ServeEngine : public SeatsOfThePool {
 protected:
  bool submit(Engine& engine) {
    Job one = job(0, mailboxes_.size(), answer_tokens);
    const std::shared_ptr<Mailbox> mailbox = one.mailbox;
    if (!engine.submit(one)) return false;
    mailboxes_.push_back(mailbox);
    return true;
  }

  std::vector<std::shared_ptr<Mailbox>> mailboxes_;  // of those admitted
};

/// Waits for the end of an answer.
News end_of(Mailbox& mailbox) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (true) {
    News news = mailbox.wait(std::chrono::milliseconds(100));
    if (news.ending || std::chrono::steady_clock::now() > end) return news;
  }
}

TEST_F(ServeEngine, ABurstIsAdmittedAsFarAsSeatsAndQueueReach) {
  HoldingKeeper keeper;
  make_pool(3, false, &keeper);
  Engine engine(*scheduler_, 2);
  EXPECT_TRUE(submit(engine));
  keeper.wait_until_seating();
  // Two seats are idle, though the thread comes to no job.
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(submit(engine)) << i;
  EXPECT_FALSE(submit(engine));
  keeper.let_go();
  for (const auto& mailbox : mailboxes_) EXPECT_EQ(end_of(*mailbox).ending, Ending::limit);
}

TEST_F(ServeEngine, WithoutAQueueSeatsAreGivenAgain) {
  make_pool(1, false);
  Engine engine(*scheduler_, 0);
  for (int i = 0; i < 3; ++i) {
    // The seat is idle a moment after its answer has ended.
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!submit(engine) && std::chrono::steady_clock::now() < end) {
    }
    ASSERT_EQ(mailboxes_.size(), static_cast<std::size_t>(i) + 1);
    EXPECT_EQ(end_of(*mailboxes_.back()).ending, Ending::limit);
  }
}

TEST_F(ServeEngine, WhatWaitsWhenItFinishesGetsNoSeat) {
  HoldingKeeper keeper;
  make_pool(2, false, &keeper);
  Engine engine(*scheduler_, 1'000'000);
  EXPECT_TRUE(submit(engine));
  keeper.wait_until_seating();
  EXPECT_TRUE(submit(engine));
  const std::future<void> finished =
      std::async(std::launch::async, [&] { engine.finish(std::chrono::minutes(2)); });
  while (submit(engine)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  keeper.let_go();
  finished.wait();
  EXPECT_EQ(end_of(*mailboxes_[0]).ending, Ending::limit);
  for (std::size_t i = 1; i < mailboxes_.size(); ++i) {
    EXPECT_EQ(end_of(*mailboxes_[i]).ending, Ending::stopping) << i;
  }
}

}  // namespace
}  // namespace ringlet::serve
