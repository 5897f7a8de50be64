#include "perplexity_score.hpp"

#include <algorithm>
#include <cmath>

#include "predictions.hpp"

namespace ringlet::cli {
namespace {

/// Adds one prediction of every session.
class Scorer {
 public:
  explicit Scorer(std::span<Score> scores) : scores_(scores), before_(scores.size()) {}

  void begin_window() { std::copy(scores_.begin(), scores_.end(), before_.begin()); }

  void end_window() {
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      Score& score = scores_[i];
      const auto tokens = static_cast<double>(score.tokens - before_[i].tokens);
      if (tokens == 0) continue;
      const double divergence = score.divergence - before_[i].divergence;
      score.divergence_squares += divergence * divergence;
      score.divergence_by_tokens += divergence * tokens;
      score.token_squares += tokens * tokens;
      ++score.windows;
    }
  }

  void add(std::span<Session> sessions, TokenId token) {
    std::size_t expected = 0;  // most likely token of the first session
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      std::vector<double>& mine = i == 0 ? first_ : other_;
      port::log_softmax(sessions[i].logits(), mine);
      Score& score = scores_[i];
      score.nll -= mine[token];
      ++score.tokens;
      if (sessions.size() == 1) continue;
      if (i == 0) expected = port::likeliest(first_);
      score.divergence += i == 0 ? 0.0 : port::divergence(first_, mine);
      score.agreed += i == 0 || port::likeliest(mine) == expected ? 1U : 0U;
    }
  }

 private:
  std::span<Score> scores_;
  std::vector<Score> before_;  // the window
  std::vector<double> first_;
  std::vector<double> other_;
};

}  // namespace

double Score::perplexity() const { return std::exp(nll / static_cast<double>(tokens)); }

double Score::mean_divergence() const { return divergence / static_cast<double>(tokens); }

/// Of a ratio of two sums over windows.
double Score::standard_error() const {
  if (windows < 2) return 0;
  const double mean = mean_divergence();
  const double squares =
      divergence_squares - 2 * mean * divergence_by_tokens + mean * mean * token_squares;
  const auto count = static_cast<double>(windows);
  return std::sqrt(std::max(squares, 0.0) * count / (count - 1)) / static_cast<double>(tokens);
}

double Score::agreement() const {
  return static_cast<double>(agreed) / static_cast<double>(tokens);
}

Status score_windows(std::span<Session> sessions, std::span<const Window> windows,
                     std::span<Score> scores, const std::function<void(std::uint64_t)>& progress) {
  Scorer scorer(scores);
  std::uint64_t done = 0;
  for (const Window& window : windows) {
    if (!window.continues) {
      for (Session& session : sessions) session.reset();
    }
    scorer.begin_window();
    // Tokens before the first prediction are a prompt.
    const auto prompt = window.tokens.first(std::min(window.first_scored, window.tokens.size()));
    for (Session& session : sessions) {
      if (const Status status = session.prefill(prompt); !status.ok()) return status;
    }
    for (std::size_t i = prompt.size(); i < window.tokens.size(); ++i) {
      const bool predicted = !sessions.front().logits().empty();
      if (predicted) scorer.add(sessions, window.tokens[i]);
      for (Session& session : sessions) {
        if (const Status status = session.step(window.tokens[i]); !status.ok()) return status;
      }
    }
    scorer.end_window();
    done += window.tokens.size();
    progress(done);
  }
  return {};
}

std::vector<Window> strided_windows(std::span<const TokenId> tokens, std::size_t length,
                                    std::size_t stride, std::vector<TokenId>& storage,
                                    const TokenId* bos) {
  const std::size_t lead = bos != nullptr ? 1U : 0U;
  struct Place {
    std::size_t begin, size, first_scored;
  };
  std::vector<Place> places;
  std::size_t scored = 0;  // tokens that some window has predicted or cannot predict
  for (std::size_t begin = 0; begin < tokens.size() && scored < tokens.size(); begin += stride) {
    const std::size_t end = std::min(tokens.size(), begin + length - lead);
    places.push_back({storage.size(), lead + end - begin, lead + scored - begin});
    if (bos != nullptr) storage.push_back(*bos);
    storage.insert(storage.end(), tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                   tokens.begin() + static_cast<std::ptrdiff_t>(end));
    scored = end;
  }
  std::vector<Window> windows;
  for (const Place& place : places) {
    windows.push_back({.tokens = std::span(storage).subspan(place.begin, place.size),
                       .first_scored = std::max<std::size_t>(place.first_scored, 1)});
  }
  return windows;
}

}  // namespace ringlet::cli
