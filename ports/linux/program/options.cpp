#include "options.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <limits>

#include "command.hpp"
#include "failure.hpp"
#include "foreign_file.hpp"
#include "isa.hpp"
#include "ringlet/memory_plan.hpp"
#include "terminal.hpp"
#include "values.hpp"

namespace ringlet::cli {
namespace {

constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t most_threads = 256;  // as many lanes as a plan can have

/// Short enough to type again, and different each time.
std::uint64_t fresh_seed() {
  std::uint32_t seed = 0;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed) {
    seed = static_cast<std::uint32_t>(port::now_nanoseconds());
  }
  return seed;
}

/// The model that is installed, or lies in the build tree, with the program.
std::string bundled_model() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path model =
      program.parent_path().parent_path() / "share" / "ringlet" / "storyteller.ringlet";
  if (error || !std::filesystem::exists(model, error)) {
    throw UsageError("name a model file; none came with this program");
  }
  return model.string();
}

}  // namespace

void add_model(CLI::App& app, std::string& path) {
  app.add_option("MODEL", path, "The model file (default: the one that comes with the program)")
      ->type_name("");
}

void add_required_model(CLI::App& app, std::string& path) {
  app.add_option("MODEL", path, "The model file (.ringlet)")->required()->type_name("");
}

std::string LoadedModel::name() const { return path.substr(path.rfind('/') + 1); }

LoadedModel load_model(const std::string& path) {
  if (path.empty()) return load_model(bundled_model());
  LoadedModel loaded{path, port::MappedFile(path), {}};
  const Result<Model> model = Model::open(loaded.file.bytes());
  if (!model.ok()) {
    if (const std::string advice = describe_foreign_file(path, loaded.file.bytes());
        !advice.empty()) {
      throw port::Failure(advice);
    }
    throw port::failure_of(path, model.status());
  }
  loaded.model = *model;
  return loaded;
}

void verify_weights(const LoadedModel& model, bool progress) {
  port::ProgressBar bar("verify", progress);
  const auto show = [](void* context, std::uint64_t done, std::uint64_t total) {
    static_cast<port::ProgressBar*>(context)->update(done, total);
  };
  const Status status = model.model.verify_data(show, &bar);
  bar.clear();
  if (!status.ok()) throw port::failure_of(model.path, status);
}

port::Failure setting_failure(const std::string& path, const Status& status) {
  std::array<char, 512> buffer;
  std::string line(describe(status, buffer));
  for (const char* field :
       {"allow_longer_context", "context", "sinks", "kv", "hot_window", "prefill_chunk",
        "longest_word", "temperature", "top_k", "top_p", "min_p", "repeat_penalty"}) {
    const std::size_t at = line.find(field);
    const bool is_subject = at == 0 && status.where() == std::string_view(field);
    const bool is_remedy = at != std::string::npos && std::strchr(field, '_') != nullptr;
    if (!is_subject && !is_remedy) continue;
    std::string option = std::string("--") + field;
    std::replace(option.begin(), option.end(), '_', '-');
    line.replace(at, std::strlen(field), option);
  }
  return port::Failure(path + ": " + line);
}

void add_context_options(CLI::App& app, SessionOptions& options) {
  add_size(app, "--context", options.config.context, {1, most},
           "Tokens that attention sees at once (default: what the model was trained on)")
      ->group("Memory");
  app.add_flag("--allow-longer-context", options.config.allow_longer_context,
               "Accept a context beyond the model's training")
      ->group("Memory");
  add_size(app, "--prefill-chunk", options.config.prefill_chunk, {1, most},
           "Prompt tokens that are computed together (default: 16)")
      ->group("Memory");
}

void add_memory_options(CLI::App& app, SessionOptions& options, std::vector<std::string>* kv_list) {
  Config& config = options.config;
  const auto group = [](CLI::Option* option) { option->group("Memory"); };
  add_context_options(app, options);
  group(add_size(app, "--sinks", config.sinks, {0, most},
                 "First tokens that are kept for ever (default: 4)"));
  constexpr const char* kv_help = "Format of the cache (default: as the model recommends)";
  group(kv_list == nullptr ? add_choice(app, "--kv", options.kv, kv_names(), kv_help)
                           : add_choice_list(app, "--kv", *kv_list, kv_names(), kv_help));
  group(add_size(app, "--hot-window", config.hot_window, {1, most},
                 "Newest tokens that are INT8 where the others are INT4 (default: 48)"));
  group(add_size(app, "--longest-word", config.longest_word, {1, most},
                 "Bytes of the longest word in a prompt (default: 1024)"));
  group(add_size(
      app, "--threads", options.threads, {1, most_threads},
      "Threads to plan for and to use (default: 1 for a model below 4M, else 4; of these as many "
      "as there are processors, and for single tokens as many as prove fastest)"));
}

void add_speed_options(CLI::App& app, SessionOptions& options) {
  std::string names = "auto";
  for (const port::InstructionSet& set : port::instruction_sets()) {
    names.append(", ").append(set.name());
  }
  const auto accept = [&options](const std::string& value) {
    try {
      [[maybe_unused]] const KernelSet& exists = port::find_kernels(value);
      options.isa = value;
    } catch (const port::Failure& failure) {
      throw CLI::ValidationError("--isa", failure.what());
    }
  };
  app.add_option_function<std::string>(
         "--isa", accept, "Instruction set, all with the same results (default: auto): " + names)
      ->type_name("NAME");
  add_size(app, "--prefill-threads", options.prefill_threads, {1, most_threads},
           "Threads for several tokens at once (default: as many as are planned)");
  add_size(
      app, "--prefetch", options.prefetch_bytes, {0, 1U << 20},
      "Bytes ahead of its use that a weight is asked for (default: the fastest of 1K, 2K, 4K)");
}

SamplerOptions SamplingOptions::complete(const Model& model, const Config& config) const {
  const SamplingDefaults defaults = model.sampling();
  SamplerOptions result;
  result.temperature = temperature.value_or(defaults.temperature);
  result.top_k = static_cast<std::uint32_t>(top_k.value_or(defaults.top_k));
  result.top_p = top_p.value_or(defaults.top_p);
  result.min_p = min_p.value_or(defaults.min_p);
  result.repeat_penalty = repeat_penalty.value_or(defaults.repeat_penalty);
  result.repeat_window = config.repeat_window;
  result.seed = seed.has_value() ? *seed : fresh_seed();
  return result;
}

void add_sampling_options(CLI::App& app, SamplingOptions& options) {
  constexpr float unlimited = std::numeric_limits<float>::max();
  const auto group = [](CLI::Option* option) {
    option->group("Sampling (defaults: from the model file)");
  };
  group(add_number(app, "--temperature", options.temperature, {0, unlimited},
                   "0 takes the most likely token"));
  group(add_size(app, "--top-k", options.top_k, {0, most}, "Keep the N most likely; 0: all"));
  group(add_number(app, "--top-p", options.top_p, {0, 1},
                   "Keep the likeliest with this probability together; 1: all"));
  group(add_number(app, "--min-p", options.min_p, {0, 1},
                   "Drop what is below this fraction of the likeliest; 0: none"));
  group(add_number(app, "--repeat-penalty", options.repeat_penalty, {0, unlimited},
                   "Make recent tokens less likely; 1: do not"));
  group(add_size(app, "--seed", options.seed, {}, "Repeat a run (default: a new seed each time)"));
}

}  // namespace ringlet::cli
