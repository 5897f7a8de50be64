#include "bench_pool.hpp"

#include "bench_text.hpp"
#include "command.hpp"
#include "common/progress_bar.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"
#include "pool_comparison.hpp"
#include "ringlet/pool.hpp"

namespace ringlet::cli {
namespace {

constexpr std::uint32_t usual_pool_tokens = 4;
constexpr std::uint32_t most_pool_sessions = 64;

std::uint32_t pool_tokens(const CLI::App& app, const BenchOptions& options) {
  if (!was_given(app, "-n")) return usual_pool_tokens;
  const std::uint32_t tokens = options.plan.tokens.front();
  if (tokens >= 1 && tokens <= options.session.config.ring_chunk()) return tokens;
  throw UsageError("-n: must be 1 to " + std::to_string(options.session.config.ring_chunk()) +
                   " with --sessions, as far as a session can go back (got " +
                   std::to_string(tokens) + ")");
}

}  // namespace

void add_pool_bench_options(CLI::App& app, BenchOptions& options) {
  CLI::Option* sessions = add_count_list(
      app, "--sessions", options.sessions, {1, most_pool_sessions},
      "Numbers of sessions, up to 64, whose tokens to pass together and one after the other.");
  add_count(app, "--prefix-tokens", options.prefix_tokens, {0, Config::largest_context},
            "Tokens with which all sessions begin, held once (default: 0).")
      ->needs(sessions);
}

int execute_pool(const CLI::App& app, const BenchOptions& options) {
  require_one_measurement_of(app, options.plan, "--sessions");
  if (was_given(app, "-p")) {
    throw UsageError("-p and --sessions exclude each other: use --depth; leave one of them out");
  }
  const std::uint32_t tokens = pool_tokens(app, options);
  if (options.plan.depths.size() > 1) {
    throw UsageError("--depth: --sessions takes one value (got " +
                     std::to_string(options.plan.depths.size()) + ")");
  }
  LoadedModel model = load_model(options.model);
  settle_weights(model, options.session);
  const PoolComparisonOptions comparison{.session = text_session_options(options, model.model),
                                         .sessions = options.sessions,
                                         .depth = options.plan.depths.front(),
                                         .prefix_tokens = options.prefix_tokens,
                                         .tokens = tokens,
                                         .repetitions = options.plan.repetitions};
  common::ProgressBar bar("sessions", !options.json);
  std::uint64_t done = 0;
  const PoolComparison result =
      compare_pool(model, comparison, [&] { bar.update(++done, options.sessions.size()); });
  bar.clear();
  print(options.json ? pool_comparison_json(model, result) : pool_comparison_table(model, result));
  return exit_success;
}

}  // namespace ringlet::cli
