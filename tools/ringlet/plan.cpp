// ringlet plan: prints the memory that a session of a model needs.
#include <memory>
#include <optional>

#include "command.hpp"
#include "drafting.hpp"
#include "json_text.hpp"
#include "options.hpp"
#include "parse_values.hpp"
#include "plan_header.hpp"
#include "plan_remedy.hpp"
#include "plan_report.hpp"
#include "prefill_choice.hpp"
#include "ringlet/linux/failure.hpp"
#include "setting_errors.hpp"
#include "snapshot_file.hpp"

namespace ringlet::cli {
namespace {

struct PlanOptions {
  std::string model;
  SessionOptions session;
  std::string prefix_file;
  std::optional<std::uint64_t> ram;
  std::string header;
  std::string name;  // of the model, in the header
  std::string svg;
  bool json = false;
};

PlanReport make_report(const LoadedModel& model, const Config& config,
                       const SessionOptions& options) {
  const Result<MemoryPlan> memory = plan(model.model, config);
  if (!memory.ok()) refuse_setting(model.path, memory.status(), options);
  PlanReport report{.model = model.name(),
                    .config = config,
                    .kv = describe_kv(model.model, config),
                    .plan = *memory,
                    .caches = {},
                    .flash_bytes = model.file.bytes().size(),
                    .snapshot_bytes = *snapshot_bytes(model.model, config),
                    .prefix_bytes = 0,
                    .draft = std::nullopt};
  report.config.context = effective_context(model.model, config);
  report.caches = list_caches(model.model, report.config);
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

port::Failure misfit(const LoadedModel& model, const Config& config, const PlanReport& report,
                     const Fit& fit) {
  const std::string remedy =
      fit.longest_context == 0 ? plan_remedy(model.model, config, fit.ram, report.prefix_bytes > 0)
                               : "--context " + std::to_string(fit.longest_context) + " would fit";
  return port::Failure(model.path + ": does not fit into " + with_commas(fit.ram) +
                       " bytes of RAM (needs " + with_commas(report.plan.total()) + "); " + remedy);
}

int execute(const CLI::App& app, PlanOptions options) {
  const LoadedModel model = load_model(options.model);
  std::uint64_t prefix_bytes = 0;
  if (!options.prefix_file.empty()) {
    const LoadedSnapshot prefix = load_snapshot(options.prefix_file, model);
    complete_from_snapshot(app, prefix.info, options.session);
    read_sinks_in_place(prefix, options.session);
    prefix_bytes = prefix.file.bytes().size();
  }
  const std::optional<DraftSource> source = plan_drafts(model, options.session);
  const Config config = options.session.complete_config(model.model);
  PlanReport report = make_report(model, config, options.session);
  report.prefix_bytes = prefix_bytes;
  if (source) {
    report.draft = DraftReport{.model = source->model.name(),
                               .context = source->config.context,
                               .ram_bytes = config.draft_bytes,
                               .flash_bytes = source->model.file.bytes().size()};
  }
  std::optional<Fit> fit;
  if (options.ram)
    fit = Fit{*options.ram, longest_context(model.model, config, source, *options.ram)};
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
  if (!fits) throw misfit(model, config, report, *fit);
  return exit_success;
}

/// Rejects a name that would not compile.
std::string check_identifier(const std::string& name) {
  if (is_identifier(name)) return {};
  return "'" + name +
         "' cannot be part of an identifier; use letters, digits and _, not a digit first";
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
  app->footer(
      "The numbers are the same on every target: plan here, run there.\n\n"
      "Examples:\n"
      "  ringlet plan stories.ringlet\n"
      "  ringlet plan stories.ringlet --context 256 --ram 512K\n"
      "  ringlet plan stories.ringlet --context 128 --header stories_plan.h\n"
      "  ringlet plan stories.ringlet --prefix system.prefix\n"
      "  ringlet plan stories.ringlet --draft small.ringlet --draft-tokens 4");
  return {app, [app, options] { return execute(*app, *options); }};
}

}  // namespace ringlet::cli
