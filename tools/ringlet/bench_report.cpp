#include "bench_report.hpp"

#include "json_text.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"

namespace ringlet::cli {
namespace {

const char* name_of(BenchTest test) {
  switch (test) {
    case BenchTest::prefill:
      return "prefill";
    case BenchTest::decode:
      return "decode";
    case BenchTest::pass:
      return "pass";
  }
  return "";
}

double bytes_per_second(const BenchResult& result) {
  const std::uint32_t together = result.test == BenchTest::pass ? result.tokens : 1;
  return result.tokens_per_second.median / together * static_cast<double>(result.bytes_read);
}

double bandwidth_fraction(const BenchResult& result, const LimitsByThreads& limits) {
  return bytes_per_second(result) / limits.at(result.threads).bandwidth.memory;
}

double file_fraction(const BenchResult& result, const LimitsByThreads& limits) {
  const Bandwidth& bandwidth = limits.at(result.threads).bandwidth;
  return bandwidth_fraction(result, limits) * bandwidth.memory / bandwidth.file;
}

/// Fraction of the integer peak; 0 if that is unknown.
double peak_fraction(const BenchResult& result, const LimitsByThreads& limits) {
  const double peak = limits.at(result.threads).integer_peak;
  return peak == 0 ? 0 : result.tokens_per_second.median * result.multiplications_per_token / peak;
}

/// Of the time of a token; what sampling adds to it.
double sampling_fraction(const BenchResult& result) {
  return result.sampling_seconds / result.latency.p50;
}

nlohmann::ordered_json result_json(const BenchResult& result, const LimitsByThreads& limits,
                                   const KernelSet& kernels) {
  const Rate& rate = result.tokens_per_second;
  nlohmann::ordered_json json = {
      {"test", name_of(result.test)},
      {"tokens", result.tokens},
      {"depth", result.depth},
      {"threads", result.threads},
      {"isa", name_of(kernels)},
      {"kv", result.kv},
      {"prefetch_bytes", result.prefetch_bytes},
      {"tokens_per_second", rate_json(rate)},
      {"multiplications_per_second", rate.median * result.multiplications_per_token}};
  if (result.test == BenchTest::prefill) {
    json["prefill"] = result.prefill;
    json["peak_fraction"] = peak_fraction(result, limits);
    return json;
  }
  const std::string each = result.test == BenchTest::pass ? "pass" : "token";
  json["bytes_per_" + each] = result.bytes_read;
  json["bandwidth_fraction"] = bandwidth_fraction(result, limits);
  json["file_bandwidth_fraction"] = file_fraction(result, limits);
  const auto quantiles = [](const Latency& latency) {
    return nlohmann::ordered_json{{"p50", latency.p50}, {"p99", latency.p99}};
  };
  json[each + "_seconds"] = quantiles(result.latency);
  if (result.best.p50 != 0) json["best_token_seconds"] = quantiles(result.best);
  if (result.test == BenchTest::decode) {
    json["sampling_seconds"] = result.sampling_seconds;
    json["sampling_fraction"] = sampling_fraction(result);
  }
  if (result.test == BenchTest::pass) json["cost"] = result.cost;
  return json;
}

nlohmann::ordered_json prefills_json(const BenchPlan& plan,
                                     const std::vector<PrefillChoice>& choices) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < choices.size(); ++i) {
    json.push_back(
        {{"asked", plan.prefill[i]}, {"chosen", choices[i].name()}, {"reason", choices[i].reason}});
  }
  return json;
}

}  // namespace

nlohmann::ordered_json rate_json(const Rate& rate) {
  return {{"median", rate.median}, {"minimum", rate.minimum}, {"maximum", rate.maximum}};
}

std::string bench_table_head(const LoadedModel& model, const KernelSet& kernels,
                             const LimitsByThreads& limits,
                             const std::vector<PrefillChoice>& prefills, const BenchPlan& plan) {
  std::string text = measured_model(model) + ", " + name_of(kernels) +
                     "\nmemory (and the weights in place) reads at";
  for (const auto& [threads, limit] : limits) {
    text += format("%s %.1f (%.1f) GB/s with %u thread%s",
                   threads == limits.begin()->first ? "" : ",", limit.bandwidth.memory / 1e9,
                   limit.bandwidth.file / 1e9, threads, threads == 1 ? "" : "s");
  }
  for (const auto& [threads, limit] : limits) {
    if (limit.integer_peak == 0) continue;
    text += format("%s %.0f GMAC/s with %u thread%s",
                   threads == limits.begin()->first ? "\nINT8 products at most" : ",",
                   limit.integer_peak / 1e9, threads, threads == 1 ? "" : "s");
  }
  for (const PrefillChoice& choice : prefills) {
    text += std::string("\nprefill by ") + choice.name() + ": " + choice.reason;
  }
  return text + "\n\n" +
         format("%-12s %8s %8s %8s %16s %10s %9s %18s %9s %8s %9s %9s %9s %11s %9s%s\n", "test",
                "by", "depth", "threads", "kv", "tok/s", "+/- %", "GMAC/s or GB/s", "of limit",
                "in place", "p50 ms", "p99 ms", "best p99", "sampling us", "of token",
                plan.pass_tokens.empty() ? "" : "   cost");
}

std::string bench_table_row(const BenchResult& result, const LimitsByThreads& limits) {
  const Rate& rate = result.tokens_per_second;
  const double spread = (rate.maximum - rate.minimum) / 2 / rate.median * 100;
  const std::string test = std::string(name_of(result.test)) + " " + std::to_string(result.tokens);
  std::string text =
      format("%-12s %8s %8u %8u %16s %10.1f %9.1f ", test.c_str(), result.prefill.c_str(),
             result.depth, result.threads, result.kv.c_str(), rate.median, spread);
  if (result.test == BenchTest::prefill) {
    text += format("%11.1f GMAC/s", rate.median * result.multiplications_per_token / 1e9);
    const double fraction = peak_fraction(result, limits);
    return text + (fraction == 0 ? "\n" : format(" %7.0f %%\n", 100 * fraction));
  }
  text += format("%13.1f GB/s %7.0f %% %6.0f %% %9.3f %9.3f", bytes_per_second(result) / 1e9,
                 100 * bandwidth_fraction(result, limits), 100 * file_fraction(result, limits),
                 1e3 * result.latency.p50, 1e3 * result.latency.p99);
  if (result.test == BenchTest::pass) return text + format("%32s %6.2f\n", "", result.cost);
  const std::string best = result.best.p99 == 0 ? "" : format("%.3f", 1e3 * result.best.p99);
  return text + format(" %9s %11.1f %7.1f %%\n", best.c_str(), 1e6 * result.sampling_seconds,
                       100 * sampling_fraction(result));
}

std::string bench_json(const LoadedModel& model, const BenchPlan& plan,
                       const std::vector<BenchResult>& results, const LimitsByThreads& limits,
                       const KernelSet& kernels, const std::vector<PrefillChoice>& prefills) {
  nlohmann::ordered_json by_threads = nlohmann::ordered_json::object();
  nlohmann::ordered_json file_by_threads = nlohmann::ordered_json::object();
  nlohmann::ordered_json peak_by_threads = nlohmann::ordered_json::object();
  for (const auto& [threads, limit] : limits) {
    by_threads[std::to_string(threads)] = limit.bandwidth.memory;
    file_by_threads[std::to_string(threads)] = limit.bandwidth.file;
    peak_by_threads[std::to_string(threads)] = limit.integer_peak;
  }
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const BenchResult& result : results) {
    rows.push_back(result_json(result, limits, kernels));
  }
  const nlohmann::ordered_json document = {
      {"model", model.name()},
      {"file_bytes", model.file.bytes().size()},
      {"weights", weights_json(model)},
      {"machine",
       {{"processors", port::available_processors()},
        {"read_bandwidth_bytes_per_second", by_threads},
        {"file_read_bandwidth_bytes_per_second", file_by_threads},
        {"integer_peak_per_second", peak_by_threads}}},
      {"results", rows},
      {"prefill", prefills_json(plan, prefills)}};
  return json_text(document);
}

}  // namespace ringlet::cli
