// ringlet plan: the memory that a session of a model takes.
#include <memory>
#include <optional>

#include "command.hpp"
#include "failure.hpp"
#include "image_file.hpp"
#include "json_text.hpp"
#include "options.hpp"
#include "plan_header.hpp"
#include "plan_report.hpp"
#include "prefill_choice.hpp"
#include "values.hpp"

namespace ringlet::cli {
namespace {

struct PlanOptions {
  std::string model;
  SessionOptions session;
  std::string prefix_file;
  std::optional<std::uint64_t> ram;
  std::string header;
  std::string name;  // of the model in the header
  std::string svg;
  bool json = false;
};

PlanReport make_report(const LoadedModel& model, const Config& config) {
  const Result<MemoryPlan> memory = plan(model.model, config);
  if (!memory.ok()) throw setting_failure(model.path, memory.status());
  PlanReport report{.model = model.name(),
                    .config = config,
                    .kv = describe_kv(model.model, config),
                    .plan = *memory,
                    .caches = {},
                    .flash_bytes = model.file.bytes().size(),
                    .image_bytes = *image_bytes(model.model, config),
                    .prefix_bytes = 0};
  report.config.context = effective_context(model.model, config);
  report.caches = list_caches(model.model, report.config);
  return report;
}

/// Whether a plan fits into the RAM that there is, and what would.
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

port::Failure misfit(const std::string& path, const PlanReport& report, const Fit& fit) {
  const std::string remedy =
      fit.longest_context == 0
          ? "no context fits; try --kv int8, a smaller --prefill-chunk or a smaller model"
          : "the longest context that fits is " + std::to_string(fit.longest_context);
  return port::Failure(path + ": does not fit into " + with_commas(fit.ram) +
                       " bytes of RAM (needed " + with_commas(report.plan.total()) + "); " +
                       remedy);
}

int execute(const CLI::App& app, PlanOptions options) {
  const LoadedModel model = load_model(options.model);
  std::uint64_t prefix_bytes = 0;
  if (!options.prefix_file.empty()) {
    const LoadedImage prefix = load_image(options.prefix_file, model);
    complete_from_image(app, prefix.info, options.session);
    read_sinks_in_place(prefix, options.session);
    prefix_bytes = prefix.file.bytes().size();
  }
  const Config config = options.session.complete_config(model.model);
  PlanReport report = make_report(model, config);
  report.prefix_bytes = prefix_bytes;
  std::optional<Fit> fit;
  if (options.ram) fit = Fit{*options.ram, longest_context(model.model, config, *options.ram)};
  const bool fits = !fit || fit->holds(report);
  // A header whose memory is known not to fit would only postpone the error.
  if (fits && !options.header.empty()) {
    const std::string name = options.name.empty() ? identifier_of(report.model) : options.name;
    port::write_file(options.header, plan_header(report, name));
  }
  if (fits && !options.svg.empty()) port::write_file(options.svg, plan_svg(report));
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
  if (!fits) throw misfit(model.path, report, *fit);
  return exit_success;
}

/// Refuses what would not compile.
std::string check_identifier(const std::string& name) {
  if (is_identifier(name)) return {};
  return "'" + name + "' cannot be part of an identifier; use letters, digits and _";
}

}  // namespace

Command add_plan(CLI::App& program) {
  const auto options = std::make_shared<PlanOptions>();
  CLI::App* app = program.add_subcommand("plan", "Show the memory that a session takes");
  add_model(*app, options->model);
  add_size(*app, "--ram", options->ram, {}, "Say whether it fits into N bytes; exit 1 when not");
  app->add_option("--prefix", options->prefix_file,
                  "Plan to start from a file of `ringlet prefix` and to read its sinks in place")
      ->type_name("FILE");
  CLI::Option* header =
      app->add_option("--header", options->header, "Write a header for C and C++ with the sizes")
          ->type_name("FILE");
  app->add_option("--name", options->name,
                  "Name of the model in the header (default: the file's name without extension)")
      ->needs(header)
      ->check(check_identifier, "", "")
      ->type_name("NAME");
  app->add_option("--svg", options->svg, "Write a drawing of the sections")->type_name("FILE");
  app->add_flag("--json", options->json, "Print JSON");
  add_memory_options(*app, options->session);
  add_prefill_option(*app, options->session);
  app->footer(
      "The numbers are the same on every target: plan here, run there.\n\n"
      "Examples:\n"
      "  ringlet plan stories.ringlet\n"
      "  ringlet plan stories.ringlet --context 256 --ram 512K\n"
      "  ringlet plan stories.ringlet --context 128 --header stories_plan.h\n"
      "  ringlet plan stories.ringlet --prefix system.prefix");
  return {app, [app, options] { return execute(*app, *options); }};
}

}  // namespace ringlet::cli
