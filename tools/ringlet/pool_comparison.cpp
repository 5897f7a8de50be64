#include "pool_comparison.hpp"

#include <algorithm>
#include <cstring>

#include "bench_session.hpp"
#include "ringlet/pool.hpp"
#include "setting_errors.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

using port::now_nanoseconds;

/// A pool under measurement.
class BenchPool {
 public:
  BenchPool(const LoadedModel& model, const PoolConfig& config, const KernelSet& kernels,
            port::ThreadTeam& team)
      : model_(model), config_(config) {
    const Result<MemoryPlan> planned = plan(model.model, config);
    if (!planned.ok()) refuse_setting(model.path, planned.status());
    memory_ = port::map_session_memory(planned->total());
    pool_ = port::value_of(
        model.path, Pool::create(model.model, config, memory_.bytes(), kernels, team.team()));
  }

  [[nodiscard]] std::uint64_t bytes() const { return pool_.memory_plan().total(); }
  [[nodiscard]] Pool& pool() { return pool_; }

  /// Brings every session to its depth, with a text of its own.
  void fill(std::uint32_t depth) {
    if (config_.prefix_tokens > 0) check(pool_.prefix(text(0, config_.prefix_tokens)));
    for (std::uint32_t i = 0; i < config_.sessions; ++i) {
      Session session = pool_.session(i);
      if (depth > 0) check(session.prefill(text(i + 1, depth)));
    }
    start_ = pool_.session(0).position();
    for (std::uint32_t i = 0; i < config_.sessions; ++i) keep(pool_.session(i));
  }

  /// Tokens of all sessions in one pass after the other; returns the nanoseconds.
  std::uint64_t together(std::uint32_t tokens) {
    std::vector<Pool::Row> rows(config_.sessions);
    const std::uint64_t started = now_nanoseconds();
    for (std::uint32_t n = 0; n < tokens; ++n) {
      for (std::uint32_t i = 0; i < config_.sessions; ++i) rows[i] = {i, token(i, n)};
      check(pool_.step(rows));
    }
    return now_nanoseconds() - started;
  }

  /// The same tokens of one session after the other.
  std::uint64_t alone(std::uint32_t tokens) {
    const std::uint64_t started = now_nanoseconds();
    for (std::uint32_t n = 0; n < tokens; ++n) {
      for (std::uint32_t i = 0; i < config_.sessions; ++i) {
        check(pool_.session(i).step(token(i, n)));
      }
    }
    return now_nanoseconds() - started;
  }

  /// The logits of all sessions.
  [[nodiscard]] std::vector<float> logits() const {
    std::vector<float> all;
    for (std::uint32_t i = 0; i < config_.sessions; ++i) {
      const std::span<const float> one = pool_.session(i).logits();
      all.insert(all.end(), one.begin(), one.end());
    }
    return all;
  }

  void go_back() {
    for (std::uint32_t i = 0; i < config_.sessions; ++i) {
      Session session = pool_.session(i);
      const bool is_kept = i < kept_.size() && !session.truncate(start_).ok();
      check(is_kept ? session.restore(std::as_bytes(std::span(kept_[i])), nullptr)
                    : session.truncate(start_));
    }
  }

 private:
  /// Recurrent layers do not remember enough to go back over the tokens of a measurement.
  void keep(const Session& session) {
    if (model_.model.architecture().convolution == 0 || start_ == 0) return;
    const std::uint64_t bytes = session.save({}).status().needed();
    std::vector<std::uint64_t> saved(static_cast<std::size_t>(bytes / sizeof(std::uint64_t) + 1));
    const Result<std::size_t> size = session.save(std::as_writable_bytes(std::span(saved)));
    check(size.status());
    saved.resize((*size + 7) / 8);
    kept_.push_back(std::move(saved));
  }
  void check(const Status& status) const { port::check(model_.path, status); }
  [[nodiscard]] TokenId token(std::uint32_t session, std::uint32_t n) const {
    return token_at(model_.model, std::uint64_t{session} * 7919 + n);
  }
  [[nodiscard]] std::vector<TokenId> text(std::uint32_t which, std::uint32_t tokens) const {
    std::vector<TokenId> result(tokens);
    for (std::uint32_t n = 0; n < tokens; ++n) result[n] = token(which, n + 1000);
    return result;
  }

  const LoadedModel& model_;
  PoolConfig config_;
  port::Mapping memory_;
  Pool pool_;
  std::uint64_t start_ = 0;
  std::vector<std::vector<std::uint64_t>> kept_;  // snapshots at the start
};

PoolResult measure(BenchPool& bench, const LoadedModel& model, std::uint32_t sessions,
                   const PoolComparisonOptions& options) {
  std::vector<double> together;
  std::vector<double> alone;
  std::vector<double> ratios;
  const std::uint64_t tokens = std::uint64_t{sessions} * options.tokens;
  for (std::uint32_t i = 0; i <= options.repetitions; ++i) {
    const std::uint64_t joint = bench.together(options.tokens);
    const std::vector<float> logits = bench.logits();
    bench.go_back();
    const std::uint64_t single = bench.alone(options.tokens);
    const std::vector<float> expected = bench.logits();
    if (std::memcmp(logits.data(), expected.data(), logits.size() * sizeof(float)) != 0) {
      throw port::Failure(model.path + ": sessions together have other logits than alone");
    }
    bench.go_back();
    if (i == 0) continue;  // warms up
    together.push_back(per_second(tokens, joint));
    alone.push_back(per_second(tokens, single));
    ratios.push_back(together.back() / alone.back());
  }
  return {.sessions = sessions,
          .together = summarize(together),
          .alone = summarize(alone),
          .ratio = summarize(ratios),
          .pool_bytes = bench.bytes()};
}

}  // namespace

PoolComparison compare_pool(const LoadedModel& model, const PoolComparisonOptions& options,
                            const std::function<void()>& done) {
  const KernelSet& kernels = *choose_kernels(options.session);
  const auto threads = static_cast<std::uint32_t>(*options.session.threads);
  port::ThreadTeam team(threads);
  PoolComparison comparison;
  comparison.threads = threads;
  comparison.depth = options.depth;
  comparison.prefix_tokens = options.prefix_tokens;
  comparison.tokens = options.tokens;
  comparison.repetitions = options.repetitions;
  comparison.kernels = &kernels;
  Execution execution;
  for (const std::uint32_t sessions : options.sessions) {
    PoolConfig config{.session = options.session.complete_config(model.model),
                      .sessions = sessions,
                      .prefix_tokens = options.prefix_tokens};
    config.session.prefill_chunk = std::max(config.session.prefill_chunk, sessions);
    BenchPool bench(model, config, kernels, team);
    Session first = bench.pool().session(0);
    bench.fill(0);
    if (comparison.results.empty()) execution = tuned_execution(model, first, options.session);
    first.reset();
    port::check(model.path, first.set_execution(execution));
    bench.fill(options.depth);
    PoolResult result = measure(bench, model, sessions, options);
    Config alone = bench.pool().config().session;
    result.alone_bytes = sessions * plan(model.model, alone)->total();
    comparison.config = alone;
    comparison.kv = describe_kv(model.model, alone);
    comparison.results.push_back(result);
    done();
  }
  return comparison;
}

}  // namespace ringlet::cli
