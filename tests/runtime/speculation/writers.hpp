// A writer of texts with drafts and without, a drafter that knows the text and errs, and what the
// tests of speculation try them with.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "ringlet/speculation.hpp"
#include "support/hash.hpp"
#include "support/ring_cases.hpp"
#include "support/sessions.hpp"

namespace ringlet::test::speculation {

using Tokens = std::vector<TokenId>;

inline constexpr std::uint32_t vocabulary = 48;

/// Hashes of the logits at each position, the newest pass over a position last.
struct LogitsByPosition {
  std::map<std::uint64_t, std::uint64_t> hashes;

  Observer observer() {
    return {.observe =
                [](void* self, const Observation& seen) {
                  if (seen.tap != Tap::logits) return;
                  for (std::uint32_t i = 0; i < seen.tokens; ++i) {
                    const float* row = seen.rows + std::size_t{i} * seen.stride;
                    Hash hash;
                    hash.floats({row, seen.columns});
                    static_cast<LogitsByPosition*>(self)->hashes[seen.position + i] = hash.value();
                  }
                },
            .user_data = this};
  }
};

/// A session, a sampler, and the text that they have made.
struct Writer {
  Writer(const Model& model, const Config& config, const SamplerOptions& options,
         const KernelSet& kernels)
      : live(model, config, {}, kernels), sampler(*live.session.sampler(options)) {}

  void read(const Tokens& prompt) {
    ASSERT_TRUE(live.session.prefill(prompt).ok());
    for (const TokenId token : prompt) sampler.observe(token);
    live.session.set_observer(logits.observer());
  }

  void write_plainly(std::size_t count) {
    while (text.size() < count) {
      text.push_back(sampler.sample(live.session.logits()));
      if (text.size() == count) return;
      ASSERT_TRUE(live.session.step(text.back()).ok());
    }
  }

  void write(std::size_t count, const Drafter& drafter, DraftLength& length) {
    wanted = count;
    text.push_back(sampler.sample(live.session.logits()));
    const TokenSink sink{this, [](void* self, TokenId token) noexcept {
                           auto& writer = *static_cast<Writer*>(self);
                           writer.text.push_back(token);
                           return writer.text.size() < writer.wanted;
                         }};
    for (bool ended = text.size() == count; !ended;) {
      const Result<Round> round =
          speculate(live.session, sampler, drafter, length, text.back(), sink);
      ASSERT_TRUE(round.ok()) << line(round.status());
      ASSERT_EQ(round->last, text.back());
      ASSERT_EQ(round->emitted, round->accepted + 1);
      ASSERT_LE(round->accepted, round->drafted);
      drafted += round->drafted;
      accepted += round->accepted;
      ended = round->ended;
    }
  }

  LiveSession live;
  Sampler sampler;
  LogitsByPosition logits;
  Tokens text;
  std::size_t wanted = 0;
  std::uint64_t drafted = 0;
  std::uint64_t accepted = 0;
};

/// Knows the text, and drafts it with faults: right to some place, then wrong; too long or too
/// short; tokens that no vocabulary has.
struct Adversary {
  const Tokens* text;
  std::size_t told = 0;  // tokens of the text that it was told
  std::uint32_t state = 1;

  std::uint32_t below(std::uint32_t n) {
    state = state * 1664525U + 1013904223U;
    return (state >> 8) % n;
  }
  Drafter drafter() { return Drafter::of(*this); }
  void observe(std::span<const TokenId> tokens) {
    for (const TokenId token : tokens) {
      EXPECT_EQ(token, text->at(told)) << told;
      ++told;
    }
  }
  std::size_t draft(std::span<TokenId> out) {
    const std::uint32_t right = below(static_cast<std::uint32_t>(out.size()) + 2);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const bool known = told + i < text->size();
      out[i] = i < right && known ? (*text)[told + i] : below(vocabulary);
    }
    const std::uint32_t whim = below(8);
    if (whim == 0 && !out.empty()) out[below(static_cast<std::uint32_t>(out.size()))] = 0xFFFFFFFF;
    if (whim == 1) return out.size() + 100;
    return whim == 2 ? below(static_cast<std::uint32_t>(out.size()) + 1) : out.size();
  }
};

inline Config config_of(KvFormats kv) {
  Config config = ring_config(kv, 16);
  config.draft_tokens = 15;
  return config;
}

inline std::vector<SamplerOptions> samplers() {
  std::vector<SamplerOptions> options(4);
  options[1] = {.temperature = 0.8F, .top_p = 0.95F, .seed = 3};
  options[2] = {.temperature = 1.5F, .top_k = 20, .min_p = 0.01F, .seed = 4};
  options[3] = {.temperature = 0.7F, .repeat_penalty = 1.3F, .repeat_window = 20, .seed = 5};
  return options;
}

/// One past the highest position of which both have logits.
inline void expect_same_logits(const Writer& a, const Writer& b, std::uint64_t end) {
  for (const auto& [position, hash] : a.logits.hashes) {
    if (position >= end) continue;
    const auto found = b.logits.hashes.find(position);
    ASSERT_NE(found, b.logits.hashes.end()) << position;
    ASSERT_EQ(hash, found->second) << "at " << position;
  }
}

}  // namespace ringlet::test::speculation
