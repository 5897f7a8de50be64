#include "bench_session.hpp"

#include <algorithm>
#include <numeric>

#include "terminal.hpp"

namespace ringlet::cli {
namespace {

using port::now_nanoseconds;

// Passes over several tokens in a repetition, of which the fastest counts for their cost.
constexpr std::uint32_t passes_in_turn = 8;

double seconds_since(std::uint64_t started) {
  return static_cast<double>(now_nanoseconds() - started) / 1e9;
}

}  // namespace

TokenId token_at(const Model& model, std::uint64_t i) {
  return static_cast<TokenId>((i * 2654435761U >> 8) % model.architecture().vocab_size);
}

std::vector<TokenId> first_tokens(const Model& model, std::uint32_t count) {
  std::vector<TokenId> tokens(count);
  for (std::uint32_t i = 0; i < count; ++i) tokens[i] = token_at(model, i);
  return tokens;
}

Execution tuned_execution(const LoadedModel& model, Session& session,
                          const SessionOptions& options) {
  const auto threads = static_cast<std::uint32_t>(*options.threads);
  port::Tuner tuner(threads, options.fixed_execution());
  while (!tuner.settled()) {
    port::check(model.path, session.set_execution(tuner.execution()));
    const std::uint64_t started = now_nanoseconds();
    port::check(model.path, session.step(token_at(model.model, 0)));
    tuner.record(now_nanoseconds() - started);
  }
  Execution execution = tuner.execution();
  if (execution.prefill_threads == 0) execution.prefill_threads = threads;
  return execution;
}

/// The times of passes over one number of tokens.
struct BenchSession::Passes {
  std::vector<double> seconds;  // of each
  std::vector<double> rates;    // tokens per second, of each repetition
  std::vector<double> costs;    // the fastest pass, with that of a single token as 1
};

BenchSession::BenchSession(const LoadedModel& model, const SessionOptions& options,
                           const BenchPlan& plan)
    : model_(model),
      loaded_(make_session(model, options)),
      sampler_(port::value_of(model.path, loaded_.session.sampler(plan.sampling.complete(
                                              model.model, loaded_.session.config())))),
      repetitions_(plan.repetitions) {
  for (const std::uint32_t threads : plan.threads) {
    SessionOptions choice = options;
    choice.threads = threads;
    executions_.push_back(tuned_execution(model, loaded_.session, choice));
  }
}

void BenchSession::prefill(BenchResult& result) {
  std::vector<double> rates;
  for (std::uint32_t i = 0; i <= repetitions_; ++i) {
    go_to(result.depth);
    const std::uint64_t started = now_nanoseconds();
    append(result.tokens);
    const std::uint64_t elapsed = now_nanoseconds() - started;
    if (i > 0) rates.push_back(per_second(result.tokens, elapsed));  // the first one warms up
  }
  result.tokens_per_second = summarize(rates);
  result.latency = result.best = {};
}

void BenchSession::decode(BenchResult& result) {
  std::vector<double> rates;
  std::vector<double> seconds;
  std::vector<double> sampling;
  bool same_positions = true;
  for (std::uint32_t i = 0; i < repetitions_; ++i) {
    go_to(result.depth);
    same_positions = same_positions && loaded_.session.position() == result.depth;
    step(0);
    const std::size_t first = seconds.size();
    for (std::uint32_t j = 0; j < result.tokens; ++j) {
      const std::uint64_t before = now_nanoseconds();
      step(j);
      seconds.push_back(seconds_since(before));
      const std::uint64_t stepped = now_nanoseconds();
      sampler_.sample(loaded_.session.logits());
      sampling.push_back(seconds_since(stepped));
    }
    const double total =
        std::accumulate(seconds.begin() + static_cast<std::ptrdiff_t>(first), seconds.end(), 0.0);
    rates.push_back(result.tokens / std::max(total, 1e-9));
  }
  result.sampling_seconds = latency_of(sampling).p50;
  result.tokens_per_second = summarize(rates);
  result.latency = latency_of(seconds);
  result.best = same_positions ? latency_of(fastest(seconds, result.tokens)) : Latency{};
}

void BenchSession::verify(std::span<BenchResult> results) {
  std::vector<Passes> all(results.size());
  for (std::uint32_t i = 0; i <= repetitions_; ++i) {
    go_to(results.front().depth);
    for (std::size_t k = 0; k < results.size(); ++k) {
      Passes other;  // of a single token, or of the first repetition, which warms up
      const double single = time_passes(1, other);
      const double best = time_passes(results[k].tokens, i == 0 ? other : all[k]);
      if (i > 0) all[k].costs.push_back(best / single);
    }
  }
  for (std::size_t k = 0; k < results.size(); ++k) {
    results[k].tokens_per_second = summarize(all[k].rates);
    results[k].latency = latency_of(all[k].seconds);
    results[k].best = {};
    results[k].cost = summarize(all[k].costs).median;
  }
}

/// Adds passes, and returns the seconds of the fastest. The session stays where it is.
double BenchSession::time_passes(std::uint32_t tokens, Passes& passes) {
  Session& session = loaded_.session;
  const std::vector<TokenId> text = first_tokens(model_.model, tokens);
  const std::uint64_t position = session.position();
  double best = 0;
  double total = 0;
  for (std::uint32_t i = 0; i < passes_in_turn; ++i) {
    const std::uint64_t started = now_nanoseconds();
    const Status status = session.verify(text);
    const double seconds = seconds_since(started);
    port::check(model_.path, status);
    port::check(model_.path, session.truncate(position));
    passes.seconds.push_back(seconds);
    best = i == 0 ? seconds : std::min(best, seconds);
    total += seconds;
  }
  passes.rates.push_back(tokens * passes_in_turn / std::max(total, 1e-9));
  return std::max(best, 1e-9);
}

/// Fills the session to a depth, with all threads. Once the ring has wrapped, any greater depth is
/// equivalent.
void BenchSession::go_to(std::uint32_t depth) {
  Session& session = loaded_.session;
  const bool beyond = session.position() >= depth && depth >= session.config().context;
  const bool back = session.position() >= depth && session.truncate(depth).ok();
  if (!back && !beyond) {
    port::check(model_.path, session.set_execution({.prefetch_bytes = execution_.prefetch_bytes}));
    if (session.position() > depth) session.reset();
    append(static_cast<std::uint32_t>(depth - session.position()));
  }
  port::check(model_.path, session.set_execution(execution_));
}

void BenchSession::append(std::uint32_t tokens) {
  port::check(model_.path, loaded_.session.prefill(first_tokens(model_.model, tokens)));
}

void BenchSession::step(std::uint32_t i) {
  port::check(model_.path, loaded_.session.step(token_at(model_.model, i)));
}

}  // namespace ringlet::cli
