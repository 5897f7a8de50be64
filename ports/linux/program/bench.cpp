// ringlet bench: how fast this machine reads a prompt and decodes, and how near to its memory.
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "bench_measure.hpp"
#include "command.hpp"
#include "failure.hpp"
#include "integer_peak.hpp"
#include "json_text.hpp"
#include "prefill_choice.hpp"
#include "values.hpp"

namespace ringlet::cli {
namespace {

constexpr std::uint32_t most_tokens = 1U << 24;
constexpr std::uint32_t most_threads = 256;
constexpr std::uint32_t most_repetitions = 1000;

struct BenchOptions {
  std::string model;
  BenchPlan plan{.prompts = {128},
                 .tokens = {64},
                 .depths = {0},
                 .threads = {},
                 .kv = {""},
                 .prefill = {"ringlet"}};
  SessionOptions session;
  bool json = false;
};

/// What the machine can do at most.
struct Limits {
  Bandwidth bandwidth;
  double integer_peak = 0;  // 0: the kernels have no instruction for it
};
using LimitsByThreads = std::map<std::uint32_t, Limits>;

double bandwidth_fraction(const BenchResult& result, const LimitsByThreads& limits) {
  return result.tokens_per_second.median * static_cast<double>(result.bytes_per_token) /
         limits.at(result.threads).bandwidth.memory;
}

double file_fraction(const BenchResult& result, const LimitsByThreads& limits) {
  const Bandwidth& bandwidth = limits.at(result.threads).bandwidth;
  return bandwidth_fraction(result, limits) * bandwidth.memory / bandwidth.file;
}

/// Of the integer peak; 0 where that is not known.
double peak_fraction(const BenchResult& result, const LimitsByThreads& limits) {
  const double peak = limits.at(result.threads).integer_peak;
  return peak == 0 ? 0 : result.tokens_per_second.median * result.multiplications_per_token / peak;
}

/// What each name in --prefill comes to.
std::vector<PrefillChoice> choose_all(const BenchOptions& options, const Model& model,
                                      const KernelSet& kernels) {
  std::vector<PrefillChoice> choices;
  for (const std::string& asked : options.plan.prefill) {
    choices.push_back(choose_prefill(asked, model, kernels));
  }
  return choices;
}

std::string table_head(const LoadedModel& model, const KernelSet& kernels,
                       const LimitsByThreads& limits, const std::vector<PrefillChoice>& prefills) {
  std::string text = model.name() + ", " + human_bytes(model.file.bytes().size()) + ", " +
                     name_of(kernels) + "; memory (and the file, mapped) reads at";
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
         format("%-12s %8s %8s %8s %16s %10s %9s %18s %9s %8s %9s %9s %9s\n", "test", "by", "depth",
                "threads", "kv", "tok/s", "+/- %", "GMAC/s or GB/s", "of limit", "of file",
                "p50 ms", "p99 ms", "best p99");
}

std::string table_row(const BenchResult& result, const LimitsByThreads& limits) {
  const Rate& rate = result.tokens_per_second;
  const double spread = (rate.maximum - rate.minimum) / 2 / rate.median * 100;
  const std::string test = (result.decode ? "decode " : "prefill ") + std::to_string(result.tokens);
  std::string text =
      format("%-12s %8s %8u %8u %16s %10.1f %9.1f ", test.c_str(), result.prefill.c_str(),
             result.depth, result.threads, result.kv.c_str(), rate.median, spread);
  if (!result.decode) {
    text += format("%11.1f GMAC/s", rate.median * result.multiplications_per_token / 1e9);
    const double fraction = peak_fraction(result, limits);
    return text + (fraction == 0 ? "\n" : format(" %7.0f %%\n", 100 * fraction));
  }
  text += format("%13.1f GB/s %7.0f %% %6.0f %% %9.3f %9.3f",
                 rate.median * static_cast<double>(result.bytes_per_token) / 1e9,
                 100 * bandwidth_fraction(result, limits), 100 * file_fraction(result, limits),
                 1e3 * result.latency.p50, 1e3 * result.latency.p99);
  return text + (result.best.p99 == 0 ? "\n" : format(" %9.3f\n", 1e3 * result.best.p99));
}

nlohmann::ordered_json result_json(const BenchResult& result, const LimitsByThreads& limits,
                                   const KernelSet& kernels) {
  const Rate& rate = result.tokens_per_second;
  nlohmann::ordered_json json = {
      {"test", result.decode ? "decode" : "prefill"},
      {"tokens", result.tokens},
      {"depth", result.depth},
      {"threads", result.threads},
      {"isa", name_of(kernels)},
      {"kv", result.kv},
      {"prefetch_bytes", result.prefetch_bytes},
      {"tokens_per_second",
       {{"median", rate.median}, {"minimum", rate.minimum}, {"maximum", rate.maximum}}},
      {"multiplications_per_second", rate.median * result.multiplications_per_token}};
  if (!result.decode) {
    json["prefill"] = result.prefill;
    json["peak_fraction"] = peak_fraction(result, limits);
  }
  if (result.decode) {
    json["bytes_per_token"] = result.bytes_per_token;
    json["bandwidth_fraction"] = bandwidth_fraction(result, limits);
    json["file_bandwidth_fraction"] = file_fraction(result, limits);
    const auto quantiles = [](const Latency& latency) {
      return nlohmann::ordered_json{{"p50", latency.p50}, {"p99", latency.p99}};
    };
    json["token_seconds"] = quantiles(result.latency);
    if (result.best.p50 != 0) json["best_token_seconds"] = quantiles(result.best);
  }
  return json;
}

nlohmann::ordered_json prefills_json(const BenchOptions& options,
                                     const std::vector<PrefillChoice>& choices) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < choices.size(); ++i) {
    json.push_back({{"asked", options.plan.prefill[i]},
                    {"chosen", choices[i].name()},
                    {"reason", choices[i].reason}});
  }
  return json;
}

nlohmann::ordered_json document(const LoadedModel& model, const std::vector<BenchResult>& results,
                                const LimitsByThreads& limits, const KernelSet& kernels) {
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
  return {{"model", model.name()},
          {"file_bytes", model.file.bytes().size()},
          {"machine",
           {{"processors", port::available_processors()},
            {"read_bandwidth_bytes_per_second", by_threads},
            {"file_read_bandwidth_bytes_per_second", file_by_threads},
            {"integer_peak_per_second", peak_by_threads}}},
          {"results", rows}};
}

/// One thread, and as many as a plan has room for here.
std::vector<std::uint32_t> default_threads(const Model& model) {
  const std::uint32_t all =
      std::min(port::default_lanes(model.bytes().size()), port::available_processors());
  return all == 1 ? std::vector<std::uint32_t>{1} : std::vector<std::uint32_t>{1, all};
}

int execute(BenchOptions options) {
  const LoadedModel model = load_model(options.model);
  if (options.plan.threads.empty()) options.plan.threads = default_threads(model.model);
  const KernelSet& kernels = *choose_kernels(options.session);
  LimitsByThreads limits;
  for (const std::uint32_t threads : options.plan.threads) {
    port::ThreadTeam team(threads);
    limits.try_emplace(threads, Limits{measure_bandwidth(model, threads),
                                       port::integer_peak(kernels, team.team())});
  }
  const std::vector<PrefillChoice> prefills = choose_all(options, model.model, kernels);
  if (!options.json) print(table_head(model, kernels, limits, prefills));
  std::vector<BenchResult> results;
  run_benchmark(model, options.plan, options.session, [&](const BenchResult& result) {
    results.push_back(result);
    if (!options.json) print(table_row(result, limits));
  });
  if (options.json) {
    nlohmann::ordered_json json = document(model, results, limits, kernels);
    json["prefill"] = prefills_json(options, prefills);
    print(json_text(json));
  }
  return exit_success;
}

}  // namespace

Command add_bench(CLI::App& program) {
  const auto options = std::make_shared<BenchOptions>();
  BenchPlan& plan = options->plan;
  CLI::App* app = program.add_subcommand("bench", "Measure the speed of prefill and decoding");
  add_model(*app, options->model);
  add_size_list(*app, "-p", plan.prompts, {0, most_tokens},
                "Tokens of a prompt; 0: none (default: 128)");
  add_size_list(*app, "-n", plan.tokens, {0, most_tokens},
                "Tokens decoded one by one; 0: none (default: 64)");
  add_size_list(*app, "--depth", plan.depths, {0, most_tokens},
                "Tokens in the session before that (default: 0)");
  add_size_list(*app, "--threads", plan.threads, {1, most_threads},
                "Threads (default: one, and as many as ringlet run may take)");
  add_choice_list(*app, "--kv", plan.kv, kv_names(),
                  "Formats of the cache (default: as the model recommends)");
  add_size(*app, "-r", plan.repetitions, {1, most_repetitions},
           "Repetitions, of which the median counts (default: 5)");
  add_context_options(*app, options->session);
  add_speed_options(*app, options->session);
  add_choice_list(
      *app, "--prefill", plan.prefill, prefill_names(),
      "What multiplies prompts: the kernels, XNNPACK, or what auto takes (default: ringlet)");
  app->add_flag("--json", options->json, "Print JSON");
  app->footer(
      "Lists are separated by commas and combined with each other. A row has the median of the\n"
      "repetitions and half the distance from the slowest to the fastest. Prefill multiplies: its\n"
      "limit is the processor doing nothing but multiply INT8 numbers. Decoding reads every\n"
      "weight and the cache for each token: the last columns are the bytes per second that this\n"
      "makes, and their share of what the same number of threads reads when they do nothing else,\n"
      "from memory of their own and from the file as it is mapped. A model that fits the caches\n"
      "can be above 100 % of memory. p50 and p99 are of single tokens over all repetitions; best\n"
      "p99 takes of each token the fastest repetition: the program without the machine's noise.\n"
      "Several names in --prefill are compared; the head of the table says why auto takes which.\n"
      "A depth is reached by prefill on all threads, once for each format.\n\n"
      "Examples:\n"
      "  ringlet bench stories.ringlet\n"
      "  ringlet bench stories.ringlet -p 128,512 -n 64 --depth 0,2048 --threads 1,2 --json");
  return {app, [options] { return execute(*options); }};
}

}  // namespace ringlet::cli
