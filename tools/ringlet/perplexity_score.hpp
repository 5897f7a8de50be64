// Scores a text: negative log-likelihoods in one or several cache formats at once, and the distance
// of each format's predictions from those of the first.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "ringlet/session.hpp"

namespace ringlet::cli {

/// Consecutive tokens for a session. Those from `first_scored` on are scored.
struct Window {
  std::span<const TokenId> tokens;
  std::size_t first_scored = 1;
  bool continues = false;  // the session continues from the previous window
};

/// Sums over all scored predictions.
struct Score {
  double nll = 0;  // negative log-likelihood, nats
  std::uint64_t tokens = 0;
  double divergence = 0;     // Σ KL(first session's distribution ‖ this one's), nats
  std::uint64_t agreed = 0;  // predictions with the same most likely token as the first session
  // Sums over windows of products of their divergence and their number of predictions, for the
  // standard error.
  double divergence_squares = 0;
  double divergence_by_tokens = 0;
  double token_squares = 0;
  std::uint64_t windows = 0;  // with a prediction

  [[nodiscard]] double perplexity() const;
  [[nodiscard]] double mean_divergence() const;
  /// The standard error of that mean. Windows, not tokens, are the independent samples; with fewer
  /// than two, it is 0.
  [[nodiscard]] double standard_error() const;
  [[nodiscard]] double agreement() const;
};

/// Feeds every window to every session, token by token, and adds to the scores, one per session.
/// `progress` receives the number of finished tokens. Returns the first status that is not ok.
[[nodiscard]] Status score_windows(std::span<Session> sessions, std::span<const Window> windows,
                                   std::span<Score> scores,
                                   const std::function<void(std::uint64_t)>& progress);

/// Returns windows of at most `length` tokens that begin every `stride` tokens. Each scores the
/// predictions that no earlier window scored, and starts with `bos` if given. `storage` holds their
/// tokens.
[[nodiscard]] std::vector<Window> strided_windows(std::span<const TokenId> tokens,
                                                  std::size_t length, std::size_t stride,
                                                  std::vector<TokenId>& storage,
                                                  const TokenId* bos);

}  // namespace ringlet::cli
