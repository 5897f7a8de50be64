#include "bench_measure.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "kernels/packed_layout.hpp"
#include "model/weights.hpp"
#include "read_bandwidth.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

/// Token i of every measurement; speed does not depend on which.
TokenId token_at(const Model& model, std::uint64_t i) {
  return static_cast<TokenId>((i * 2654435761U >> 8) % model.architecture().vocab_size);
}

void check(const LoadedModel& model, const Status& status) {
  if (!status.ok()) throw port::failure_of(model.path, status);
}

double per_second(std::uint32_t tokens, std::uint64_t nanoseconds) {
  return tokens * 1e9 / static_cast<double>(std::max<std::uint64_t>(nanoseconds, 1));
}

Rate summarize(std::vector<double> rates) {
  std::sort(rates.begin(), rates.end());
  const std::size_t n = rates.size();
  return {.median = (rates[(n - 1) / 2] + rates[n / 2]) / 2,
          .minimum = rates.front(),
          .maximum = rates.back()};
}

Latency latency_of(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  const auto quantile = [&seconds](double q) {
    return seconds[static_cast<std::size_t>(q * static_cast<double>(seconds.size() - 1))];
  };
  return {quantile(0.5), quantile(0.99)};
}

/// The fastest repetition of each of `tokens` tokens.
std::vector<double> fastest(const std::vector<double>& seconds, std::size_t tokens) {
  std::vector<double> result(seconds.begin(),
                             seconds.begin() + static_cast<std::ptrdiff_t>(tokens));
  for (std::size_t i = tokens; i < seconds.size(); ++i) {
    result[i % tokens] = std::min(result[i % tokens], seconds[i]);
  }
  return result;
}

/// One session at work.
class Bench {
 public:
  Bench(const LoadedModel& model, const SessionOptions& options, const BenchPlan& plan)
      : model_(model), loaded_(make_session(model, options)), repetitions_(plan.repetitions) {
    for (const std::uint32_t threads : plan.threads) {
      SessionOptions choice = options;
      choice.threads = threads;
      port::Tuner tuner(threads, choice.fixed_execution());
      while (!tuner.settled()) {
        check(model_, loaded_.session.set_execution(tuner.execution()));
        const std::uint64_t started = port::now_nanoseconds();
        step(0);
        tuner.record(port::now_nanoseconds() - started);
      }
      Execution execution = tuner.execution();
      if (execution.prefill_lanes == 0) execution.prefill_lanes = threads;
      executions_.push_back(execution);
    }
  }

  [[nodiscard]] const Session& session() const { return loaded_.session; }

  /// Who multiplies a prompt: the kernels, too, where XNNPACK was found wrong.
  [[nodiscard]] const char* prefill_name() const {
    return loaded_.accelerator != nullptr ? "xnnpack" : "ringlet";
  }

  /// How the i-th number of threads works best; measurements from now on are done so.
  const Execution& use(std::size_t i) {
    execution_ = executions_[i];
    return execution_;
  }

  void prefill(std::uint32_t tokens, std::uint32_t depth, BenchResult& result) {
    std::vector<double> rates;
    for (std::uint32_t i = 0; i <= repetitions_; ++i) {
      go_to(depth);
      const std::uint64_t started = port::now_nanoseconds();
      append(tokens);
      const std::uint64_t elapsed = port::now_nanoseconds() - started;
      if (i > 0) rates.push_back(per_second(tokens, elapsed));  // the first warms up
    }
    result.tokens_per_second = summarize(rates);
    result.latency = result.best = {};
  }

  void decode(std::uint32_t tokens, std::uint32_t depth, BenchResult& result) {
    std::vector<double> rates;
    std::vector<double> seconds;
    bool same_positions = true;
    for (std::uint32_t i = 0; i < repetitions_; ++i) {
      go_to(depth);
      same_positions = same_positions && loaded_.session.position() == depth;
      step(0);
      const std::uint64_t started = port::now_nanoseconds();
      for (std::uint32_t j = 0; j < tokens; ++j) {
        const std::uint64_t before = port::now_nanoseconds();
        step(j);
        seconds.push_back(static_cast<double>(port::now_nanoseconds() - before) / 1e9);
      }
      rates.push_back(per_second(tokens, port::now_nanoseconds() - started));
    }
    result.tokens_per_second = summarize(rates);
    result.latency = latency_of(seconds);
    result.best = same_positions ? latency_of(fastest(seconds, tokens)) : Latency{};
  }

 private:
  /// All threads help to get there. Where the ring has wrapped a depth beyond it is as good as any
  /// other.
  void go_to(std::uint32_t depth) {
    Session& session = loaded_.session;
    const bool beyond = session.position() >= depth && depth >= session.config().context;
    const bool back = session.position() >= depth && session.truncate(depth).ok();
    if (!back && !beyond) {
      check(model_, session.set_execution({.prefetch_bytes = execution_.prefetch_bytes}));
      if (session.position() > depth) session.reset();
      append(static_cast<std::uint32_t>(depth - session.position()));
    }
    check(model_, session.set_execution(execution_));
  }

  void append(std::uint32_t tokens) {
    std::vector<TokenId> ids(tokens);
    for (std::uint32_t i = 0; i < tokens; ++i) ids[i] = token_at(model_.model, i);
    check(model_, loaded_.session.prefill(ids));
  }

  void step(std::uint32_t i) { check(model_, loaded_.session.step(token_at(model_.model, i))); }

  const LoadedModel& model_;
  LoadedSession loaded_;
  std::uint32_t repetitions_;
  std::vector<Execution> executions_;  // as BenchPlan::threads
  Execution execution_;
};

/// Bytes of keys and values that one token reads on average while `tokens` are decoded from
/// `depth` on.
std::uint64_t cache_traffic(const Session& session, std::uint32_t depth, std::uint32_t tokens) {
  const MemoryPlan plan = session.memory_plan();
  const double filled = std::min(1.0, (depth + tokens / 2.0) / session.config().context);
  double bytes = 0;
  for (const char* name :
       {"pinned keys", "pinned values", "ring keys", "ring values", "cold keys", "cold values"}) {
    const Section* section = plan.find(name);
    if (section != nullptr) bytes += static_cast<double>(section->bytes) * filled;
  }
  return static_cast<std::uint64_t>(bytes);
}

/// One depth with one number of threads.
void measure(Bench& bench, const BenchPlan& plan, BenchResult result, const WeightTraffic& weights,
             const std::function<void(const BenchResult&)>& report) {
  result.prefill = bench.prefill_name();
  for (const std::uint32_t tokens : plan.prompts) {
    if (tokens == 0) continue;
    result.tokens = tokens;
    result.multiplications_per_token = weights.layers + weights.head / tokens;
    bench.prefill(tokens, result.depth, result);
    report(result);
  }
  result.decode = true;
  result.prefill = "ringlet";
  for (const std::uint32_t tokens : plan.tokens) {
    if (tokens == 0) continue;
    result.tokens = tokens;
    result.multiplications_per_token = weights.layers + weights.head;
    result.bytes_per_token = weights.bytes + cache_traffic(bench.session(), result.depth, tokens);
    bench.decode(tokens, result.depth, result);
    report(result);
  }
}

/// All depths and numbers of threads with one session.
void run_session(const LoadedModel& model, const BenchPlan& plan, const SessionOptions& options,
                 const WeightTraffic& weights,
                 const std::function<void(const BenchResult&)>& report) {
  Bench bench(model, options, plan);
  for (const std::uint32_t depth : plan.depths) {
    for (std::size_t i = 0; i < plan.threads.size(); ++i) {
      BenchResult result;
      result.depth = depth;
      result.threads = plan.threads[i];
      result.kv = describe_kv(model.model, bench.session().config());
      result.prefetch_bytes = bench.use(i).prefetch_bytes;
      measure(bench, plan, result, weights, report);
    }
  }
}

}  // namespace

WeightTraffic weight_traffic(const Model& model) {
  WeightTraffic traffic;
  const auto add = [&traffic](const PackedMatrix& matrix) {
    const std::uint64_t rows = packed::padded_rows(std::uint64_t{matrix.rows});
    const std::uint64_t columns = packed::padded_columns(std::uint64_t{matrix.columns});
    if (matrix.format == MatrixFormat::f32) traffic.bytes += 4 * rows * matrix.columns;
    if (matrix.format == MatrixFormat::f16) traffic.bytes += 2 * rows * matrix.columns;
    if (matrix.format == MatrixFormat::int8) traffic.bytes += packed::int8_bytes(rows, columns);
    if (matrix.format == MatrixFormat::int4) traffic.bytes += packed::int4_bytes(rows, columns);
    if (matrix.scales != nullptr) traffic.bytes += packed::scale_bytes(rows, columns);
  };
  for (std::uint32_t layer = 0; layer < model.architecture().layers; ++layer) {
    const LayerWeights w = layer_weights(model, layer);
    for (const PackedMatrix& matrix : {w.wq, w.wk, w.wv, w.wo, w.w_gate, w.w_up, w.w_down}) {
      add(matrix);
      traffic.layers += static_cast<double>(matrix.rows) * matrix.columns;
    }
  }
  const PackedMatrix head = output_head(model);
  add(head);
  traffic.head = static_cast<double>(head.rows) * head.columns;
  return traffic;
}

void run_benchmark(const LoadedModel& model, const BenchPlan& plan, const SessionOptions& base,
                   const std::function<void(const BenchResult&)>& report) {
  const WeightTraffic weights = weight_traffic(model.model);
  for (const std::string& kv : plan.kv) {
    BenchPlan one = plan;
    for (const std::string& prefill : plan.prefill) {
      SessionOptions options = base;
      options.threads = *std::max_element(plan.threads.begin(), plan.threads.end());
      options.kv = kv;
      options.prefill = prefill;
      run_session(model, one, options, weights, report);
      one.tokens.clear();
    }
  }
}

Bandwidth measure_bandwidth(const LoadedModel& model, std::uint32_t threads) {
  constexpr std::uint64_t bytes = std::uint64_t{256} << 20;
  const port::Mapping memory = port::map_session_memory(bytes);
  // Pages that were never written to are all the same one.
  std::memset(memory.bytes().data(), 1, memory.bytes().size());
  port::ThreadTeam team(threads);
  return {.memory = port::read_bandwidth(memory.bytes(), team.team()),
          .file = port::read_bandwidth(model.file.bytes(), team.team())};
}

}  // namespace ringlet::cli
