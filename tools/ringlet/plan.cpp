// ringlet plan: prints the memory that a session of a model needs, or a pool of sessions.
#include <memory>
#include <optional>
#include <vector>

#include "command.hpp"
#include "drafting.hpp"
#include "json_text.hpp"
#include "loaded_grammar.hpp"
#include "options.hpp"
#include "parse_values.hpp"
#include "plan_header.hpp"
#include "plan_remedy.hpp"
#include "plan_report.hpp"
#include "plan_subject.hpp"
#include "prefill_choice.hpp"
#include "ringlet/linux/failure.hpp"
#include "setting_errors.hpp"
#include "snapshot_file.hpp"

namespace ringlet::cli {
namespace {

struct PlanOptions {
  std::string model;
  SessionOptions session;
  GrammarSettings grammar;
  PoolConfig pool{.session = {}, .sessions = 0};  // sessions of 0: no pool
  std::string prefix_file;
  std::optional<std::uint64_t> ram;
  std::string header;
  std::string name;  // of the model, in the header
  std::string svg;
  bool json = false;
};

PoolReport make_pool_report(const LoadedModel& model, const PoolConfig& pool,
                            const PlanSubject& subject) {
  // What lone sessions pin of the prefix, they hold themselves.
  const Result<MemoryPlan> alone = subject.plan({.session = pool.session, .sessions = 0});
  if (!alone.ok()) refuse_setting(model.path, alone.status());
  const std::uint64_t count = std::uint64_t{pool.sessions} + pool.branches;
  return {.config = pool, .alone_bytes = count * alone->total()};
}

/// `pool` has the complete configuration of its sessions, or of the only one.
PlanReport make_report(const LoadedModel& model, const PoolConfig& pool, const PlanSubject& subject,
                       const SessionOptions& options) {
  const Result<MemoryPlan> memory = subject.plan(pool);
  if (!memory.ok()) refuse_setting(model.path, memory.status(), options);
  PlanReport report{.model = model.name(),
                    .config = pool.session,
                    .kv = describe_kv(model.model, pool.session),
                    .plan = *memory,
                    .caches = {},
                    .flash_bytes = model.file.bytes().size(),
                    .snapshot_bytes = *snapshot_bytes(model.model, pool.session),
                    .prefix_bytes = 0,
                    .draft = std::nullopt,
                    .pool = std::nullopt,
                    .grammar = std::nullopt};
  report.config.context = effective_context(model.model, pool.session);
  // Models without recurrent layers ignore it.
  if (model.model.architecture().convolution == 0) report.config.rewind = 0;
  report.caches = list_caches(model.model, report.config);
  if (pool.sessions > 0) report.pool = make_pool_report(model, pool, subject);
  return report;
}

/// Whether a plan fits into the available RAM, and what would fit.
struct Fit {
  std::uint64_t ram;
  std::uint32_t longest_context;

  [[nodiscard]] bool holds(const PlanReport& report) const { return report.plan.total() <= ram; }
};

std::string success_line(const PlanReport& report, const Fit& fit) {
  return "fits into " + human_bytes(fit.ram) + " with " +
         with_commas(fit.ram - report.plan.total()) +
         " bytes to spare; the longest context that fits is " + with_commas(fit.longest_context) +
         "\n";
}

port::Failure misfit(const LoadedModel& model, const PlanSubject& subject, const PoolConfig& pool,
                     const PlanReport& report, const Fit& fit) {
  const std::string remedy =
      fit.longest_context == 0 ? plan_remedy(subject, pool, fit.ram, report.prefix_bytes > 0)
                               : "--context " + std::to_string(fit.longest_context) + " would fit";
  return port::Failure(model.path + ": does not fit into " + with_commas(fit.ram) +
                       " bytes of RAM (needs " + with_commas(report.plan.total()) + "); " + remedy);
}

/// What a prefix was computed with, sessions that start from it must have.
void refuse_other_cache(const LoadedModel& model, const SnapshotInfo& prefix,
                        const SessionOptions& options) {
  const auto refuse = [](const char* option, const std::string& value) {
    throw UsageError(std::string(option) + ": the prefix has " + value + "; leave the option out");
  };
  if (options.config.sinks != prefix.sinks) refuse("--sinks", with_commas(prefix.sinks));
  if (options.config.hot_window != prefix.hot_window) {
    refuse("--hot-window", with_commas(prefix.hot_window));
  }
  Config own;
  own.kv = prefix.kv;
  Config asked = own;
  if (!options.kv.empty()) asked.kv = kv_named(options.kv);
  const std::string formats = describe_kv(model.model, own);
  if (describe_kv(model.model, asked) != formats) refuse("--kv", formats);
}

/// Plans for sessions that begin with the snapshot; returns its size.
std::uint64_t plan_for_prefix(const CLI::App& app, const LoadedModel& model, PlanOptions& options) {
  const LoadedSnapshot prefix = load_snapshot(options.prefix_file, model);
  complete_from_snapshot(app, prefix.info, options.session);
  refuse_other_cache(model, prefix.info, options.session);
  read_sinks_in_place(prefix, options.session);
  if (options.pool.sessions > 0) {
    if (prefix.info.position != options.session.config.sinks) {
      throw port::Failure(prefix.path + ": has " + with_commas(prefix.info.position) +
                          " tokens and " + with_commas(options.session.config.sinks) +
                          " sinks, but the prefix of a pool is all sinks; make it with "
                          "ringlet prefix --pin");
    }
    options.pool.prefix_tokens = options.session.config.sinks;
  }
  return prefix.file.bytes().size();
}

/// Completes the settings of a pool, or of the only session.
PoolConfig complete_pool(const LoadedModel& model, const PlanOptions& options) {
  PoolConfig pool = options.pool;
  pool.session = options.session.complete_config(model.model);
  if (pool.prefix_tokens > 0) pool.session.sinks = pool.prefix_tokens;
  return pool;
}

int execute(const CLI::App& app, PlanOptions options) {
  if (!options.header.empty() && options.header == options.svg) {
    throw UsageError("--header and --svg name the same file");
  }
  const LoadedModel model = load_model(options.model);
  const std::uint64_t prefix_bytes =
      options.prefix_file.empty() ? 0 : plan_for_prefix(app, model, options);
  std::vector<LoadedGrammar> grammars = load_grammars(options.grammar);
  const std::optional<DraftSource> source = plan_drafts(model, options.session, !grammars.empty());
  for (LoadedGrammar& grammar : grammars) plan_grammar(grammar, model, options.session);
  const PlanSubject subject(model.model, source);
  const PoolConfig pool = complete_pool(model, options);
  PlanReport report = make_report(model, pool, subject, options.session);
  report.prefix_bytes = prefix_bytes;
  if (!grammars.empty()) report.grammar = grammars.front().options;
  if (source) {
    report.draft = DraftReport{.model = source->model.name(),
                               .context = source->config.context,
                               .ram_bytes = report.plan.find(SectionId::draft_session)->bytes,
                               .flash_bytes = source->model.file.bytes().size()};
  }
  std::optional<Fit> fit;
  if (options.ram) fit = Fit{*options.ram, subject.longest_context(pool, *options.ram)};
  const bool fits = !fit || fit->holds(report);
  // Writing a header whose memory does not fit would only postpone the error.
  if (fits && !options.header.empty()) {
    const std::string name = options.name.empty() ? identifier_of(report.model) : options.name;
    common::write_file(options.header, plan_header(report, name));
  }
  if (fits && !options.svg.empty()) common::write_file(options.svg, plan_svg(report));
  if (options.json) {
    nlohmann::ordered_json document = plan_json(report);
    if (prefix_bytes > 0) document["prefix_bytes"] = prefix_bytes;
    if (fit) {
      document["ram"] = fit->ram;
      document["fits"] = fits;
      document["longest_context"] = fit->longest_context;
    }
    print(json_text(document));
  } else {
    print(plan_table(report) + (fit && fits ? success_line(report, *fit) : ""));
  }
  if (!fits) throw misfit(model, subject, pool, report, *fit);
  return exit_success;
}

/// Rejects a name that would not compile.
std::string check_identifier(const std::string& name) {
  if (is_identifier(name)) return {};
  return "'" + name +
         "' cannot be part of an identifier; use letters, digits and _, not a digit first";
}

void add_pool_options(CLI::App& app, PoolConfig& pool) {
  const auto group = [](CLI::Option* option) {
    option->group("Pool (several sessions in one memory)");
    return option;
  };
  CLI::Option* sessions =
      group(add_count(app, "--sessions", pool.sessions, {1, PoolConfig::most_sessions},
                      "Plan a pool of this many sessions."));
  CLI::Option* prefix =
      group(add_count(app, "--prefix-tokens", pool.prefix_tokens, {0, Config::largest_context},
                      "Tokens with which all sessions begin, held once (default: 0)."));
  prefix->needs(sessions)->excludes(app.get_option("--sinks"), app.get_option("--prefix"));
  CLI::Option* branches =
      group(add_count(app, "--branches", pool.branches, {0, PoolConfig::most_sessions},
                      "Branches that sessions can fork into (default: 0)."));
  CLI::Option* pages =
      group(add_count(app, "--branch-pages", pool.branch_pages, {0, PoolConfig::most_branch_pages},
                      "Pages of 32 positions that all branches can have."));
  branches->needs(sessions)->needs(pages);
  pages->needs(branches);
}

}  // namespace

Command add_plan(CLI::App& program) {
  const auto options = std::make_shared<PlanOptions>();
  CLI::App* app = program.add_subcommand("plan", "Show how much memory a session takes");
  add_model(*app, options->model);
  add_size(*app, "--ram", options->ram, {},
           "Say whether the session fits into N bytes; exit with 1 if it does not.");
  add_file(*app, "--prefix", options->prefix_file,
           "Plan a session that starts from this prefix and reads its sinks in place.");
  CLI::Option* header =
      add_file(*app, "--header", options->header, "Write a C and C++ header with the sizes.");
  app->add_option("--name", options->name,
                  "Model name in the header (default: the file name without extension).")
      ->needs(header)
      ->check(check_identifier, "", "")
      ->type_name("NAME");
  add_file(*app, "--svg", options->svg, "Draw the sections as an SVG picture.");
  app->add_flag("--json", options->json, "Print JSON.");
  add_memory_options(*app, options->session);
  add_prefill_option(*app, options->session);
  add_draft_options(*app, options->session.drafts);
  add_grammar_options(*app, options->grammar);
  add_span_option(*app, options->grammar);
  add_pool_options(*app, options->pool);
  app->footer(
      "The numbers are the same on every target: plan here, run there.\n\n"
      "Examples:\n"
      "  ringlet plan stories.ringlet\n"
      "  ringlet plan stories.ringlet --context 256 --ram 512K\n"
      "  ringlet plan stories.ringlet --context 128 --header stories_plan.h\n"
      "  ringlet plan stories.ringlet --prefix system.prefix\n"
      "  ringlet plan stories.ringlet --draft small.ringlet --draft-tokens 4\n"
      "  ringlet plan stories.ringlet --grammar command.rglg --header stories_plan.h\n"
      "  ringlet plan stories.ringlet --sessions 8 --prefix-tokens 64");
  return {app, [app, options] { return execute(*app, *options); }};
}

}  // namespace ringlet::cli
