#include "without_cache_measure.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "bench_session.hpp"
#include "first_difference.hpp"
#include "parse_values.hpp"
#include "ringlet/linux/failure.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

using Seconds = std::vector<double>;

TokenId beginning_of(const Model& model) {
  const Result<Tokenizer> tokenizer = Tokenizer::open(model);
  return tokenizer.ok() && tokenizer->adds_bos() ? tokenizer->bos() : 0;
}

/// Throws unless the logits after `position` tokens are the same.
void require_same_bits(const LoadedModel& model, std::uint32_t position,
                       std::span<const float> cached, std::span<const float> recomputed) {
  const std::optional<std::size_t> at = first_difference(cached, recomputed);
  if (!at) return;
  const auto bits = [&at](std::span<const float> logits) {
    return *at < logits.size() ? format("%08x", std::bit_cast<std::uint32_t>(logits[*at]))
                               : std::string("absent");
  };
  throw port::Failure(model.path + ": after " + std::to_string(position) +
                      plural(position, " token") + " the logit of token id " + std::to_string(*at) +
                      " has other bits without the cache (" + bits(recomputed) +
                      ") than with it (" + bits(cached) +
                      "); that is a fault of this program, please report it");
}

/// Two sessions: one keeps keys and values, the other forgets them after each token.
class Twins {
 public:
  Twins(const LoadedModel& model, const SessionOptions& options)
      : model_(model),
        cached_(make_session(model, options)),
        recomputed_(make_session(model, options)) {
    const Execution execution = tuned_execution(model, cached_.session, options);
    for (Session* session : {&cached_.session, &recomputed_.session}) {
      check_status(session->set_execution(execution));
    }
  }

  [[nodiscard]] const LoadedSession& loaded() const { return cached_; }

  /// Touches all memory, so that no measurement pays for it.
  void warm_up(std::uint32_t tokens) {
    const std::vector<TokenId> text(tokens, beginning_of(model_.model));
    for (Session* session : {&cached_.session, &recomputed_.session}) {
      session->reset();
      check_status(session->prefill(text));
    }
  }

  /// Generates a text as usual: each token passes through the model once.
  Seconds generate(std::uint32_t tokens) {
    Seconds seconds;
    cached_.session.reset();
    text_ = {beginning_of(model_.model)};
    while (seconds.size() < tokens) {
      seconds.push_back(time([this] { return cached_.session.step(text_.back()); }));
      const std::span<const float> logits = cached_.session.logits();
      const auto likely = std::max_element(logits.begin(), logits.end());
      text_.push_back(static_cast<TokenId>(likely - logits.begin()));
    }
    return seconds;
  }

  /// Computes each token of that text from nothing but the tokens before it. The other session
  /// follows, for the logits to compare with.
  template <typename Report>
  Seconds recompute(Report report) {
    Seconds seconds;
    cached_.session.reset();
    for (std::uint32_t count = 1; count < text_.size(); ++count) {
      seconds.push_back(time([this, count] {
        recomputed_.session.reset();
        return recomputed_.session.prefill(std::span(text_).first(count));
      }));
      check_status(cached_.session.step(text_[count - 1]));
      require_same_bits(model_, count, cached_.session.logits(), recomputed_.session.logits());
      report(count);
    }
    return seconds;
  }

 private:
  void check_status(const Status& status) const { port::check(model_.path, status); }

  template <typename Pass>
  double time(Pass pass) {
    const std::uint64_t started = port::now_nanoseconds();
    const Status status = pass();
    const std::uint64_t elapsed = port::now_nanoseconds() - started;
    check_status(status);
    return static_cast<double>(elapsed) / 1e9;
  }

  const LoadedModel& model_;
  LoadedSession cached_;
  LoadedSession recomputed_;
  std::vector<TokenId> text_;  // the first token, and those generated
};

/// Keeps the shorter time of each token: noise can only lengthen one, and on a busy machine it
/// lengthens the long passes of a recomputation in more repetitions than the short ones of a token.
void keep_fastest(Seconds& best, const Seconds& repetition) {
  if (best.empty()) best = repetition;
  for (std::size_t i = 0; i < best.size(); ++i) best[i] = std::min(best[i], repetition[i]);
}

}  // namespace

double total_seconds(std::span<const double> tokens) {
  return std::accumulate(tokens.begin(), tokens.end(), 0.0);
}

CacheComparison compare_without_cache(
    const LoadedModel& model, const SessionOptions& options, std::uint32_t tokens,
    std::uint32_t repetitions,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress) {
  Twins twins(model, options);
  twins.warm_up(tokens);
  Seconds cached;
  Seconds recomputed;
  // Passes of the layers: 1 + 2 + … for each text.
  const std::uint64_t each = std::uint64_t{tokens} * (tokens + 1) / 2;
  for (std::uint32_t i = 0; i < repetitions; ++i) {
    keep_fastest(cached, twins.generate(tokens));
    keep_fastest(recomputed, twins.recompute([&](std::uint64_t count) {
      progress(i * each + count * (count + 1) / 2, repetitions * each);
    }));
  }
  const Config& config = twins.loaded().session.config();
  return {.config = config,
          .kernels = twins.loaded().kernels,
          .kv = describe_kv(model.model, config),
          .threads = static_cast<std::uint32_t>(*options.threads),
          .repetitions = repetitions,
          .cached = std::move(cached),
          .recomputed = std::move(recomputed),
          .logits = std::uint64_t{tokens} * model.model.architecture().vocab_size};
}

}  // namespace ringlet::cli
