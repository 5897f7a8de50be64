// ringlet bench: measures prefill and decode speed, and compares decoding with the memory
// bandwidth. bench_drafts.cpp, bench_pool.cpp and without_cache.cpp have its other measurements.
#include <algorithm>
#include <memory>

#include "bench_drafts.hpp"
#include "bench_measure.hpp"
#include "bench_options.hpp"
#include "bench_pool.hpp"
#include "bench_report.hpp"
#include "bench_text.hpp"
#include "command.hpp"
#include "integer_peak.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"
#include "prefill_choice.hpp"
#include "ringlet/draft_length.hpp"
#include "without_cache.hpp"

namespace ringlet::cli {
namespace {

constexpr std::uint32_t most_tokens = 1U << 24;
constexpr std::uint32_t most_repetitions = 1000;

/// Resolves each name in --prefill.
std::vector<PrefillChoice> choose_all(const BenchOptions& options, const Model& model,
                                      const KernelSet& kernels) {
  std::vector<PrefillChoice> choices;
  for (const std::string& asked : options.plan.prefill) {
    choices.push_back(choose_prefill(asked, model, kernels));
    if (!options.chose_prefill) choices.back().reason = "the default";
  }
  return choices;
}

/// One thread, and the default number of threads of a plan on this machine.
std::vector<std::uint32_t> default_threads(const Model& model) {
  const std::uint32_t all =
      std::min(port::default_threads(model.bytes().size()), port::available_processors());
  return all == 1 ? std::vector<std::uint32_t>{1} : std::vector<std::uint32_t>{1, all};
}

constexpr std::uint32_t most_pass_tokens = DraftLength::most_costs;

/// --pass-tokens alone measures nothing else.
void complete_tests(const CLI::App& app, BenchPlan& plan) {
  if (plan.pass_tokens.empty()) return;
  if (!was_given(app, "-p")) plan.prompts.clear();
  if (!was_given(app, "-n")) plan.tokens.clear();
}

void require_tests(const BenchOptions& options) {
  const BenchPlan& plan = options.plan;
  const auto has_tokens = [](const std::vector<std::uint32_t>& counts) {
    return std::any_of(counts.begin(), counts.end(), [](std::uint32_t n) { return n > 0; });
  };
  if (!has_tokens(plan.prompts) && !has_tokens(plan.tokens) && plan.pass_tokens.empty()) {
    throw UsageError("-p 0 and -n 0 leave nothing to measure; give one of them tokens");
  }
  const std::uint32_t most = options.session.config.ring_chunk();
  for (const std::uint32_t tokens : plan.pass_tokens) {
    if (tokens <= most) continue;
    throw UsageError("--pass-tokens: must be at most the --prefill-chunk of " +
                     std::to_string(most) + " (got " + std::to_string(tokens) + ")");
  }
}

/// The other measurements always take the most likely token.
void require_sampling(const CLI::App& app, const BenchOptions& options) {
  if (options.sessions.empty() && !compares_drafts(app) && !options.without_cache) return;
  for (const char* name :
       {"--temperature", "--top-k", "--top-p", "--min-p", "--repeat-penalty", "--seed"}) {
    if (!was_given(app, name)) continue;
    throw UsageError(std::string(name) +
                     ": only decoding alone measures sampling; leave out --sessions, "
                     "--without-cache and the options of speculation, or this one");
  }
}

void require_one_measurement(const CLI::App& app, const BenchOptions& options) {
  require_sampling(app, options);
  if (!options.sessions.empty() && (compares_drafts(app) || options.without_cache)) {
    throw UsageError(
        "--sessions is a measurement of its own; leave out --without-cache and the options of "
        "speculation, or this one");
  }
  if (!compares_drafts(app) && !options.prompt_file.empty()) {
    throw UsageError(
        "--file: only drafts depend on the text; add --lookup or --draft MODEL, or leave it out");
  }
  if (compares_drafts(app) && options.without_cache) {
    throw UsageError(
        "--without-cache compares texts without drafts; leave out the options of speculation, or "
        "this one");
  }
}

int execute(const CLI::App& app, BenchOptions options) {
  require_one_measurement(app, options);
  if (!options.sessions.empty()) return execute_pool(app, options);
  if (options.without_cache) return execute_without_cache(app, options);
  if (compares_drafts(app)) return execute_drafts(app, options);
  complete_tests(app, options.plan);
  require_tests(options);
  LoadedModel model = load_model(options.model);
  settle_weights(model, options.session);
  if (options.plan.threads.empty()) options.plan.threads = default_threads(model.model);
  const KernelSet& kernels = *choose_kernels(options.session);
  LimitsByThreads limits;
  for (const std::uint32_t threads : options.plan.threads) {
    port::ThreadTeam team(threads);
    limits.try_emplace(threads, Limits{measure_bandwidth(model, threads),
                                       port::integer_peak(kernels, team.team())});
  }
  const std::vector<PrefillChoice> prefills = choose_all(options, model.model, kernels);
  if (!options.json) print(bench_table_head(model, kernels, limits, prefills, options.plan));
  std::vector<BenchResult> results;
  run_benchmark(model, options.plan, options.session, [&](const BenchResult& result) {
    results.push_back(result);
    if (!options.json) print(bench_table_row(result, limits));
  });
  if (options.json) print(bench_json(model, options.plan, results, limits, kernels, prefills));
  return exit_success;
}

constexpr const char* bench_footer =
    "Separate values by commas; bench measures every combination. Columns:\n"
    "  tok/s     median of the repetitions\n"
    "  +/- %     half the distance between the slowest and the fastest repetition\n"
    "  GMAC/s    prefill: multiplications of the matrices\n"
    "  GB/s      others: bytes of weights and cache that the tokens read\n"
    "  of limit  prefill: share of the processor's peak for INT8 products\n"
    "            others: share of the bandwidth that as many threads reach by only reading\n"
    "            memory; above 100 % if the model fits into the processor's caches\n"
    "  in place  the same, reading the weights where they are\n"
    "  p50, p99  time of a token over all repetitions; with --pass-tokens, of a pass\n"
    "  best p99  the same with each token's fastest repetition, which removes noise\n"
    "  sampling  microseconds to choose a token from the logits, and the same as a share of a\n"
    "            token's p50; tok/s does not include it\n"
    "  cost      --pass-tokens: time of a pass, with that of a pass over one token as 1\n"
    "All threads prefill up to --depth, once for each cache format. The lines above the table\n"
    "say which backend --prefill auto picks, and why.\n\n"
    "--pass-tokens measures passes over several tokens with the logits after each, as drafts need\n"
    "them. A pass over 4 tokens at a cost of 1.5 pays if drafts give more than 1.5 tokens a pass.\n"
    "Without -p or -n it measures nothing else.\n\n"
    "--lookup and --draft generate one text in turn without drafts and with them, always with the\n"
    "most likely token. The ratio is the median of the pairs. It depends on the text: give your\n"
    "own with --file. bench ends with 1 unless both texts are the same.\n\n"
    "--sessions passes the next tokens of several sessions together and, in turn, one after the\n"
    "other. The ratio is the median of the pairs. bench ends with 1 unless all logits have the\n"
    "same bits. The last columns compare the memory of the pool with that of lone sessions.\n\n"
    "--without-cache generates one text twice, always with the most likely token: as usual, and\n"
    "with the keys and values of all tokens so far recomputed for each token, in chunks of\n"
    "--prefill-chunk (default: 64). It shows the fastest repetition of each token, and ends with\n"
    "1 unless all logits have the same bits. The time grows with the square of -n, which can be\n"
    "at most the context: later the oldest tokens leave the cache, and a recomputation without\n"
    "them would be another text.\n\n"
    "Examples:\n"
    "  ringlet bench stories.ringlet\n"
    "  ringlet bench stories.ringlet -p 128,512 -n 64 --depth 0,2048 --threads 1,2 --json\n"
    "  ringlet bench stories.ringlet --pass-tokens 1,2,3,4,8 --depth 0,1024\n"
    "  ringlet bench stories.ringlet --draft small.ringlet --draft-tokens 4\n"
    "  ringlet bench stories.ringlet --lookup --file article.txt -n 500\n"
    "  ringlet bench stories.ringlet --sessions 1,2,4,8 --depth 256 --prefix-tokens 128\n"
    "  ringlet bench stories.ringlet --without-cache --svg without_cache.svg\n"
    "  ringlet bench stories.ringlet --without-cache -n 64 -r 5 --kv int4";

}  // namespace

Command add_bench(CLI::App& program) {
  const auto options = std::make_shared<BenchOptions>();
  BenchPlan& plan = options->plan;
  CLI::App* app = program.add_subcommand("bench", "Measure prefill and decoding speed");
  add_model(*app, options->model);
  add_count_list(*app, "-p", plan.prompts, {0, most_tokens},
                 "Prompt tokens; 0 skips prefill (default: 128).");
  add_count_list(*app, "-n", plan.tokens, {0, most_tokens},
                 "Tokens to decode one by one; 0 skips decoding (default: 64; 256 for one text).");
  add_count_list(*app, "--pass-tokens", plan.pass_tokens, {1, most_pass_tokens},
                 "Tokens to verify in one pass, up to 16 (default: none).");
  add_count_list(*app, "-d,--depth", plan.depths, {0, most_tokens},
                 "Tokens already in the session (default: 0).");
  add_count_list(*app, "-t,--threads", plan.threads, {1, Config::most_threads},
                 "Threads (default: 1, and as many as ringlet run would start).");
  add_choice_list(*app, "--kv", plan.kv, kv_names(),
                  "KV cache formats (default: what the model recommends).");
  add_count(*app, "-r", plan.repetitions, {1, most_repetitions},
            "Repetitions; the table shows their median (default: 5; 3 with --without-cache).");
  add_context_options(*app, options->session);
  add_weights_options(*app, options->session);
  add_speed_options(*app, options->session);
  add_choice_list(*app, "--prefill", plan.prefill, prefill_names(),
                  "Prefill backends to compare (default: ringlet).")
      ->each([options](const std::string&) { options->chose_prefill = true; });
  add_sampling_options(*app, plan.sampling);
  add_draft_bench_options(*app, *options);
  add_pool_bench_options(*app, *options);
  add_without_cache_options(*app, *options);
  app->add_flag("--json", options->json, "Print JSON.");
  app->footer(bench_footer);
  return {app, [app, options] { return execute(*app, *options); }};
}

}  // namespace ringlet::cli
