#include "bench_measure.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "bench_session.hpp"
#include "read_bandwidth.hpp"
#include "ringlet/tensor_list.hpp"

namespace ringlet::cli {
namespace {

/// Average number of bytes of keys and values that one token reads, for `tokens` tokens decoded
/// from `depth` on.
std::uint64_t cache_traffic(const Session& session, std::uint32_t depth, std::uint32_t tokens) {
  const MemoryPlan plan = session.memory_plan();
  const double filled = std::min(1.0, (depth + tokens / 2.0) / session.config().context);
  double bytes = 0;
  for (const SectionId id : {SectionId::sink_keys, SectionId::sink_values, SectionId::hot_keys,
                             SectionId::hot_values, SectionId::cold_keys, SectionId::cold_values}) {
    const Section* section = plan.find(id);
    if (section != nullptr) bytes += static_cast<double>(section->bytes) * filled;
  }
  return static_cast<std::uint64_t>(bytes);
}

using ReportResult = std::function<void(const BenchResult&)>;

void measure_prompts(BenchSession& bench, const BenchPlan& plan, BenchResult result,
                     const WeightTraffic& weights, const ReportResult& report) {
  result.prefill = bench.prefill_name();
  for (const std::uint32_t tokens : plan.prompts) {
    if (tokens == 0) continue;
    result.tokens = tokens;
    result.multiplications_per_token = weights.layers + weights.head / tokens;
    bench.prefill(result);
    report(result);
  }
}

void measure_tokens(BenchSession& bench, const BenchPlan& plan, BenchResult result,
                    const ReportResult& report) {
  result.test = BenchTest::decode;
  const std::uint64_t weights = result.bytes_read;
  for (const std::uint32_t tokens : plan.tokens) {
    if (tokens == 0) continue;
    result.tokens = tokens;
    result.bytes_read = weights + cache_traffic(bench.session(), result.depth, tokens);
    bench.decode(result);
    report(result);
  }
}

void measure_passes(BenchSession& bench, const BenchPlan& plan, BenchResult result,
                    const ReportResult& report) {
  if (plan.pass_tokens.empty()) return;
  result.test = BenchTest::pass;
  const std::uint64_t weights = result.bytes_read;
  std::vector<BenchResult> results;
  for (const std::uint32_t tokens : plan.pass_tokens) {
    result.tokens = tokens;
    result.bytes_read = weights + cache_traffic(bench.session(), result.depth, tokens);
    results.push_back(result);
  }
  bench.verify(results);
  for (const BenchResult& one : results) report(one);
}

/// Measures one depth with one number of threads.
void measure(BenchSession& bench, const BenchPlan& plan, BenchResult result,
             const WeightTraffic& weights, const ReportResult& report) {
  measure_prompts(bench, plan, result, weights, report);
  result.prefill = "ringlet";
  result.multiplications_per_token = weights.layers + weights.head;
  result.bytes_read = weights.bytes;
  measure_tokens(bench, plan, result, report);
  measure_passes(bench, plan, result, report);
}

/// Measures all depths and numbers of threads with one session.
void run_session(const LoadedModel& model, const BenchPlan& plan, const SessionOptions& options,
                 const WeightTraffic& weights, const ReportResult& report) {
  BenchSession bench(model, options, plan);
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
  const bool tied = model.architecture().tied_embedding;
  WeightTraffic traffic;
  list_tensors(model, [&](const TensorInfo& tensor) {
    if (!tensor.is_matrix) return;
    const double products = static_cast<double>(tensor.rows) * tensor.columns;
    const bool is_head = tensor.name == std::string_view(tied ? "embedding" : "lm_head");
    if (is_head) traffic.head = products;
    if (tensor.layer >= 0) traffic.layers += products;
    if (is_head || tensor.layer >= 0) traffic.bytes += tensor.bytes();
  });
  return traffic;
}

void run_benchmark(const LoadedModel& model, const BenchPlan& plan, const SessionOptions& base,
                   const std::function<void(const BenchResult&)>& report) {
  const WeightTraffic weights = weight_traffic(model.model);
  const auto longest = std::max_element(plan.pass_tokens.begin(), plan.pass_tokens.end());
  for (const std::string& kv : plan.kv) {
    BenchPlan one = plan;
    for (const std::string& prefill : plan.prefill) {
      SessionOptions options = base;
      options.threads = *std::max_element(plan.threads.begin(), plan.threads.end());
      options.kv = kv;
      options.prefill = prefill;
      if (longest != plan.pass_tokens.end()) {
        options.config.draft_tokens = *longest - 1;
        options.config.rewind = *longest;  // each pass is taken back
      }
      run_session(model, one, options, weights, report);
      one.tokens.clear();
      one.pass_tokens.clear();
    }
  }
}

Bandwidth measure_bandwidth(const LoadedModel& model, std::uint32_t threads) {
  constexpr std::uint64_t bytes = std::uint64_t{256} << 20;
  const port::Mapping memory = port::map_session_memory(bytes);
  // Pages that were never written all share one zero page.
  std::memset(memory.bytes().data(), 1, memory.bytes().size());
  port::ThreadTeam team(threads);
  return {.memory = port::read_bandwidth(memory.bytes(), team.team()),
          .file = port::read_bandwidth(model.file.bytes(), team.team())};
}

}  // namespace ringlet::cli
