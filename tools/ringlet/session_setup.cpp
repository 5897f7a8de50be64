// Creates a session from options: configuration, kernels, threads, memory.
#include <algorithm>

#include "command.hpp"
#include "growing_encoder.hpp"
#include "options.hpp"
#include "place_weights.hpp"
#include "prefill_choice.hpp"
#include "ringlet/linux/kernels.hpp"
#include "ringlet/memory_plan.hpp"
#include "setting_errors.hpp"

namespace ringlet::cli {
namespace {

/// The values of --kv.
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

std::optional<KvFormats> kv_named(std::string_view name) {
  for (const KvChoice& choice : kv_choices) {
    if (choice.name == name) return choice.formats;
  }
  return std::nullopt;
}

Config SessionOptions::complete_config(const Model& model) const {
  Config result = config;
  const std::uint64_t decode = threads.value_or(port::default_threads(model.bytes().size()));
  result.threads = static_cast<std::uint32_t>(std::max(decode, prefill_threads.value_or(1)));
  if (!kv.empty()) result.kv = kv_named(kv);
  result.accelerator_bytes =
      accelerator_bytes(choose_prefill(prefill, model, port::find_kernels(isa)), model, result);
  return result;
}

void complete_from_snapshot(const CLI::App& app, const SnapshotInfo& snapshot,
                            SessionOptions& options) {
  const auto open = [&app](const char* option) { return app.get_option(option)->count() == 0; };
  Config& config = options.config;
  if (open("--context")) {
    config.context = snapshot.context;
    config.allow_longer_context = true;  // whoever made the snapshot agreed to it
  }
  if (open("--sinks")) config.sinks = snapshot.sinks;
  if (open("--sinks") && config.context <= snapshot.sinks) {
    throw UsageError("--context: must be more than the " + with_commas(snapshot.sinks) +
                     " sinks of the session; leave the option out");
  }
  if (open("--kv")) config.kv = snapshot.kv;
  if (open("--hot-window")) config.hot_window = snapshot.hot_window;
  if (open("--prefill-chunk")) config.prefill_chunk = snapshot.prefill_chunk;
}

void make_room_for_words(const CLI::App& app, const Tokenizer& tokenizer, std::string_view text,
                         const ControlTokens& control_tokens, SessionOptions& options) {
  if (app.get_option("--longest-word")->count() != 0) return;
  port::GrowingEncoder encoder(tokenizer);
  bool beginning = true;
  while (!text.empty()) {
    const Result<Encoded> encoded = encoder.encode(text, beginning, control_tokens);
    if (!encoded.ok()) return;  // reported when the text is encoded for use
    text.remove_prefix(encoded->bytes);
    beginning = encoded->beginning;
  }
  options.config.longest_word = std::max(options.config.longest_word, encoder.longest_word());
}

port::Tuner::Fixed SessionOptions::fixed_execution() const {
  port::Tuner::Fixed fixed;
  if (threads) fixed.threads = static_cast<std::uint32_t>(*threads);
  if (prefetch_bytes) fixed.prefetch_bytes = static_cast<std::uint32_t>(*prefetch_bytes);
  if (prefill_threads) fixed.prefill_threads = static_cast<std::uint32_t>(*prefill_threads);
  return fixed;
}

port::Tuner LoadedSession::tuner(const SessionOptions& options) {
  // Without --threads, at most the default number of threads is tried.
  const std::uint32_t planned = port::default_threads(session.model().bytes().size());
  return {std::min(team->team().threads, planned), options.fixed_execution()};
}

const KernelSet* choose_kernels(const SessionOptions& options) {
  const KernelSet& kernels = port::find_kernels(options.isa);
  if (port::passes_self_test(kernels)) return &kernels;
  print_note(std::string("ringlet: the ") + name_of(kernels) +
                 " kernels fail their self-test on this machine; using the slower scalar ones",
             false);
  return &scalar_kernels();
}

namespace {

/// Threads that wait for a processor hold up the others at each barrier. Says so once.
void warn_of_too_many(std::uint32_t threads) {
  static bool said = false;
  const std::uint32_t processors = port::available_processors();
  if (said || threads <= processors) return;
  said = true;
  print_note("ringlet: " + std::to_string(threads) + " threads on " + std::to_string(processors) +
                 (processors == 1 ? " processor" : " processors") + " are slower than " +
                 std::to_string(processors),
             false);
}

}  // namespace

LoadedSession make_session(const LoadedModel& model, const SessionOptions& options) {
  const Config config = options.complete_config(model.model);
  const bool chosen = options.threads || options.prefill_threads;
  const std::uint32_t threads =
      chosen ? config.threads : std::min(config.threads, port::available_processors());
  const Result<MemoryPlan> memory = plan(model.model, config);
  if (!memory.ok()) refuse_setting(model.path, memory.status(), options);
  require_ram(model, config, memory->total(), options);
  LoadedSession loaded;
  loaded.memory = port::map_session_memory(memory->total());
  if (chosen) warn_of_too_many(threads);
  loaded.team = std::make_unique<port::ThreadTeam>(threads);
  loaded.kernels = choose_kernels(options);
  const Result<Session> session = Session::create(model.model, config, loaded.memory.bytes(),
                                                  *loaded.kernels, loaded.team->team());
  if (!session.ok()) refuse_setting(model.path, session.status(), options);
  loaded.session = *session;
  if (config.accelerator_bytes != 0) {
    loaded.accelerator = accelerate(loaded.session, *loaded.kernels, loaded.team->team());
  }
  const port::Tuner::Fixed fixed = options.fixed_execution();
  const Status status = loaded.session.set_execution(
      {.decode_threads = fixed.threads.value_or(0),
       .prefill_threads = fixed.prefill_threads,
       .prefetch_bytes = fixed.prefetch_bytes.value_or(Execution{}.prefetch_bytes)});
  if (!status.ok()) throw port::failure_of(model.path, status);
  return loaded;
}

std::uint32_t effective_context(const Model& model, const Config& config) {
  return config.context != 0 ? config.context : model.architecture().trained_context;
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
