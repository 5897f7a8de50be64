#include "without_cache.hpp"

#include <algorithm>
#include <optional>

#include "bench_text.hpp"
#include "command.hpp"
#include "common/output_file.hpp"
#include "common/progress_bar.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"
#include "without_cache_measure.hpp"
#include "without_cache_report.hpp"

namespace ringlet::cli {
namespace {

constexpr std::uint32_t default_text = 256;  // tokens
constexpr std::uint32_t default_text_repetitions = 3;
constexpr std::uint32_t default_recompute_chunk = 64;

/// The number of tokens to generate. What is older than the context is not known to any session, so
/// there would be nothing to recompute it from.
std::uint32_t text_length(const CLI::App& app, const BenchOptions& options, const Model& model) {
  const std::uint32_t context = effective_context(model, options.session.config);
  if (!was_given(app, "-n")) return std::min(default_text, context);
  const std::uint32_t tokens = options.plan.tokens.front();
  if (tokens <= context) return tokens;
  throw UsageError("-n: must be at most the context of " + with_commas(context) +
                   " with --without-cache, because older tokens leave the cache (got " +
                   with_commas(tokens) + "); use -n " + std::to_string(context) +
                   " or a longer --context");
}

SessionOptions session_options(const CLI::App& app, const BenchOptions& options,
                               const Model& model) {
  SessionOptions result = text_session_options(options, model);
  if (!was_given(app, "--prefill-chunk")) result.config.prefill_chunk = default_recompute_chunk;
  return result;
}

}  // namespace

void add_without_cache_options(CLI::App& app, BenchOptions& options) {
  CLI::Option* without_cache = app.add_flag(
      "--without-cache", options.without_cache,
      "Generate a text with and without cached keys and values, and compare times and bits.");
  add_file(app, "--svg", options.svg, "Draw both curves of --without-cache as an SVG picture.")
      ->needs(without_cache);
}

int execute_without_cache(const CLI::App& app, const BenchOptions& options) {
  require_one_text(app, options.plan, "--without-cache");
  if (options.plan.tokens.front() == 0) {
    throw UsageError("-n 0 leaves nothing to compare; give --without-cache tokens");
  }
  LoadedModel model = load_model(options.model);
  settle_weights(model, options.session);
  const std::uint32_t tokens = text_length(app, options, model.model);
  const SessionOptions session = session_options(app, options, model.model);
  const std::uint32_t repetitions =
      was_given(app, "-r") ? options.plan.repetitions : default_text_repetitions;
  std::optional<common::OutputFile> picture;
  if (!options.svg.empty()) picture.emplace(options.svg);
  common::ProgressBar bar("without the cache", !options.json);
  const CacheComparison comparison = compare_without_cache(
      model, session, tokens, repetitions,
      [&bar](std::uint64_t done, std::uint64_t total) { bar.update(done, total); });
  bar.clear();
  if (picture) {
    picture->write(without_cache_svg(model, comparison));
    picture->commit();
  }
  print(options.json ? without_cache_json(model, comparison)
                     : without_cache_table(model, comparison));
  return exit_success;
}

}  // namespace ringlet::cli
