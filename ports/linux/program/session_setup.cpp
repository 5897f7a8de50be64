// From options to a session: configuration, kernels, threads, memory.
#include <algorithm>

#include "command.hpp"
#include "isa.hpp"
#include "options.hpp"
#include "prefill_choice.hpp"
#include "ringlet/memory_plan.hpp"

namespace ringlet::cli {
namespace {

/// What --kv can be.
struct KvChoice {
  const char* name;
  KvFormats formats;
};
constexpr KvChoice kv_choices[] = {{"f32", KvFormat::f32},
                                   {"f16", KvFormat::f16},
                                   {"int8", KvFormat::int8},
                                   {"k8v4", {KvFormat::int8, KvFormat::int4}},
                                   {"int4", KvFormat::int4}};

}  // namespace

std::vector<std::string> kv_names() {
  std::vector<std::string> names;
  for (const KvChoice& choice : kv_choices) names.emplace_back(choice.name);
  return names;
}

Config SessionOptions::complete_config(const Model& model) const {
  Config result = config;
  const std::uint64_t decode = threads.value_or(port::default_lanes(model.bytes().size()));
  result.lanes = static_cast<std::uint32_t>(std::max(decode, prefill_threads.value_or(1)));
  for (const auto& [name, formats] : kv_choices) {
    if (kv == name) result.kv = formats;
  }
  result.accelerator_bytes =
      accelerator_bytes(choose_prefill(prefill, model, port::find_kernels(isa)), model, result);
  return result;
}

void complete_from_image(const CLI::App& app, const ImageInfo& image, SessionOptions& options) {
  const auto open = [&app](const char* option) { return app.get_option(option)->count() == 0; };
  Config& config = options.config;
  if (open("--context")) {
    config.context = image.context;
    config.allow_longer_context = true;  // whoever made the image was asked
  }
  if (open("--sinks")) config.sinks = image.sinks;
  if (open("--kv")) config.kv = image.kv;
  if (open("--hot-window")) config.hot_window = image.hot_window;
  if (open("--prefill-chunk")) config.prefill_chunk = image.prefill_chunk;
}

port::Tuner::Fixed SessionOptions::fixed_execution() const {
  port::Tuner::Fixed fixed;
  if (threads) fixed.lanes = static_cast<std::uint32_t>(*threads);
  if (prefetch_bytes) fixed.prefetch_bytes = static_cast<std::uint32_t>(*prefetch_bytes);
  if (prefill_threads) fixed.prefill_lanes = static_cast<std::uint32_t>(*prefill_threads);
  return fixed;
}

port::Tuner LoadedSession::tuner(const SessionOptions& options) {
  // Without --threads no more are tried than were planned for without it.
  const std::uint32_t planned = port::default_lanes(session.model().bytes().size());
  return {std::min(team->team().lanes, planned), options.fixed_execution()};
}

const KernelSet* choose_kernels(const SessionOptions& options) {
  const KernelSet& kernels = port::find_kernels(options.isa);
  if (port::passes_self_test(kernels)) return &kernels;
  print_note(std::string("ringlet: the ") + name_of(kernels) +
                 " kernels fail their self-test on this machine; going on, slower, with scalar",
             false);
  return &scalar_kernels();
}

LoadedSession make_session(const LoadedModel& model, const SessionOptions& options) {
  const Config config = options.complete_config(model.model);
  const bool chosen = options.threads || options.prefill_threads;
  const std::uint32_t threads =
      chosen ? config.lanes : std::min(config.lanes, port::available_processors());
  const Result<MemoryPlan> memory = plan(model.model, config);
  if (!memory.ok()) throw setting_failure(model.path, memory.status());
  LoadedSession loaded;
  loaded.memory = port::map_session_memory(memory->total());
  loaded.team = std::make_unique<port::ThreadTeam>(threads);
  loaded.kernels = choose_kernels(options);
  const Result<Session> session = Session::create(model.model, config, loaded.memory.bytes(),
                                                  *loaded.kernels, loaded.team->team());
  if (!session.ok()) throw setting_failure(model.path, session.status());
  loaded.session = *session;
  if (config.accelerator_bytes != 0) {
    loaded.accelerator = accelerate(loaded.session, *loaded.kernels, loaded.team->team());
  }
  const port::Tuner::Fixed fixed = options.fixed_execution();
  const Status status = loaded.session.set_execution(
      {.decode_lanes = fixed.lanes.value_or(0),
       .prefill_lanes = fixed.prefill_lanes,
       .prefetch_bytes = fixed.prefetch_bytes.value_or(Execution{}.prefetch_bytes)});
  if (!status.ok()) throw port::failure_of(model.path, status);
  return loaded;
}

std::uint32_t effective_context(const Model& model, const Config& config) {
  return config.context != 0 ? config.context : model.architecture().context;
}

std::string describe_kv(const Model& model, const Config& config) {
  const KvFormats first = config.kv.value_or(model.recommended_kv(0));
  for (std::uint32_t layer = 1; !config.kv && layer < model.architecture().layers; ++layer) {
    if (model.recommended_kv(layer) != first) return "differs by layer";
  }
  for (const auto& [name, formats] : kv_choices) {
    if (formats == first) return name;
  }
  return std::string(name_of(first.keys)) + " keys, " + name_of(first.values) + " values";
}

}  // namespace ringlet::cli
