// Scoring a text: negative log-likelihoods in one or several cache formats at once, and how far the
// predictions of each are from those of the first.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "ringlet/session.hpp"

namespace ringlet::cli {

/// Consecutive tokens that a session goes through, of which those from `first_scored` on count.
struct Window {
  std::span<const TokenId> tokens;
  std::size_t first_scored = 1;
  bool continues = false;  // the session goes on from the window before
};

/// Sums over all predictions that count.
struct Score {
  double nll = 0;  // negative log-likelihood, nats
  std::uint64_t tokens = 0;
  double divergence = 0;     // Σ KL(first session's distribution ‖ this one's), nats
  std::uint64_t agreed = 0;  // predictions whose likeliest token is the first session's

  [[nodiscard]] double perplexity() const;
  [[nodiscard]] double mean_divergence() const;
  [[nodiscard]] double agreement() const;
};

/// Feeds every window to every session, token by token, and adds to the scores, one for each
/// session. `progress` is told how many tokens are done. Returns the first status that is not ok.
[[nodiscard]] Status score_windows(std::span<Session> sessions, std::span<const Window> windows,
                                   std::span<Score> scores,
                                   const std::function<void(std::uint64_t)>& progress);

/// Windows of at most `length` tokens that begin every `stride` tokens and count the predictions
/// that no earlier window counted, each behind `bos` when there is one; `storage` keeps their
/// tokens.
[[nodiscard]] std::vector<Window> strided_windows(std::span<const TokenId> tokens,
                                                  std::size_t length, std::size_t stride,
                                                  std::vector<TokenId>& storage,
                                                  const TokenId* bos);

}  // namespace ringlet::cli
