#include "bench_drafts.hpp"

#include <optional>

#include "bench_text.hpp"
#include "command.hpp"
#include "common/progress_bar.hpp"
#include "draft_comparison.hpp"
#include "draft_comparison_report.hpp"
#include "drafting.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"

namespace ringlet::cli {
namespace {

constexpr std::uint32_t drafted_text = 256;  // tokens
constexpr const char* usual_beginning = "Once upon a time";

/// The option that made this a comparison of drafts.
const char* draft_option(const CLI::App& app) {
  for (const char* option : {"--draft", "--lookup", "--no-lookup"}) {
    if (was_given(app, option)) return option;
  }
  return "--draft-tokens";
}

std::string text_to_continue(const BenchOptions& options) {
  if (options.prompt_file.empty()) return usual_beginning;
  std::string text = read_text(options.prompt_file);
  drop_final_newline(text);
  return text;
}

std::uint32_t drafted_length(const CLI::App& app, const BenchOptions& options) {
  if (!was_given(app, "-n")) return drafted_text;
  const std::uint32_t tokens = options.plan.tokens.front();
  if (tokens < 2) {
    throw UsageError("-n: must be at least 2 with " + std::string(draft_option(app)) +
                     ", because the time begins with the first token (got " +
                     std::to_string(tokens) + ")");
  }
  return tokens;
}

void require_drafts(const CLI::App& app, const Config& config) {
  if (config.draft_tokens > 0) return;
  throw UsageError(std::string(draft_option(app)) +
                   ": nothing drafts, so there is nothing to compare; add --lookup or --draft "
                   "MODEL, without --draft-tokens 0");
}

}  // namespace

void add_draft_bench_options(CLI::App& app, BenchOptions& options) {
  add_draft_options(app, options.session.drafts);
  add_file(app, "-f,--file", options.prompt_file,
           "The text that --lookup or --draft continues (default: \"Once upon a time\").");
}

bool compares_drafts(const CLI::App& app) {
  for (const char* option : {"--draft", "--lookup", "--no-lookup", "--draft-tokens"}) {
    if (was_given(app, option)) return true;
  }
  return false;
}

int execute_drafts(const CLI::App& app, const BenchOptions& options) {
  require_one_text(app, options.plan, draft_option(app));
  const std::uint32_t tokens = drafted_length(app, options);
  LoadedModel model = load_model(options.model);
  DraftComparisonOptions comparison{.plain = text_session_options(options, model.model),
                                    .drafted = text_session_options(options, model.model),
                                    .prompt = text_to_continue(options),
                                    .tokens = tokens,
                                    .repetitions = options.plan.repetitions};
  std::optional<DraftSource> source = plan_drafts(model, comparison.drafted);
  require_drafts(app, comparison.drafted.config);
  settle_weights(model, comparison.drafted, source ? &source->model : nullptr);
  common::ProgressBar bar("drafts", !options.json);
  const DraftComparison result =
      compare_drafts(model, source, comparison,
                     [&bar](std::uint64_t done, std::uint64_t total) { bar.update(done, total); });
  bar.clear();
  print(options.json ? draft_comparison_json(model, result)
                     : draft_comparison_table(model, result));
  return exit_success;
}

}  // namespace ringlet::cli
