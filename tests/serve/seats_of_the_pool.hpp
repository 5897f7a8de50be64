// A pool of the bundled model's seats, and jobs for them.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "encode_text.hpp"
#include "ringlet/linux/files.hpp"
#include "ringlet/linux/kernels.hpp"
#include "ringlet/prompt.hpp"
#include "serve/seats/scheduler.hpp"

namespace ringlet::serve {

class SeatsOfThePool : public testing::Test {
 protected:
  static constexpr std::uint32_t context = 96;
  static constexpr const char* prompts[] = {
      "Once upon a time", "The dog", "Lily went to the park with Tom. They",
      ("There was a little girl who lived in a small house near the sea. "
       "One day she said to her mother: I want to see the big ships.")};

  SeatsOfThePool()
      : file_(RINGLET_BUNDLED_MODEL),
        model_(*Model::open(file_.bytes())),
        tokenizer_(*Tokenizer::open(model_)) {}

  static Config config(bool drafts) {
    Config config{.context = context};
    if (drafts) {
      config.draft_tokens = 5;
      config.lookup_window = 256;
    }
    return config;
  }

  void make_pool(std::uint32_t seats, bool drafts, SeatKeeper* keeper = nullptr) {
    const PoolConfig pool{.session = config(drafts), .sessions = seats};
    memory_ = port::map_session_memory(plan(model_, pool)->total());
    const Result<Pool> made = Pool::create(model_, pool, memory_.bytes(), port::best_kernels());
    ASSERT_TRUE(made.ok()) << made.status().what();
    settings_ = {.pool = *made, .tokenizer = tokenizer_, .trie = {}, .draft_tokens = {}};
    if (drafts) settings_.draft_tokens = 5;
    scheduler_ = std::make_unique<Scheduler>(settings_, counters_, keeper);
  }

  Job job(std::size_t prompt, std::uint64_t seed, std::uint64_t limit) {
    Job job;
    job.tokens = {tokenizer_.bos()};
    EXPECT_TRUE(port::encode_text(tokenizer_, prompts[prompt], job.tokens).ok());
    job.sampling = sampler_options(model_);
    job.sampling.temperature = 0.8F;
    job.sampling.repeat_penalty = 1.1F;
    job.sampling.seed = seed;
    job.limit = limit;
    job.mailbox = std::make_shared<Mailbox>();
    return job;
  }

  port::MappedFile file_;
  Model model_;
  Tokenizer tokenizer_;
  port::Mapping memory_;
  SeatSettings settings_;
  Counters counters_;
  std::unique_ptr<Scheduler> scheduler_;
};

}  // namespace ringlet::serve
