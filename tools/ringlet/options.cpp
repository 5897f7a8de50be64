#include "options.hpp"

#include <sys/random.h>

#include <filesystem>
#include <limits>
#include <string_view>

#include "command.hpp"
#include "common/progress_bar.hpp"
#include "foreign_file.hpp"
#include "model_name.hpp"
#include "parse_values.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/kernels.hpp"
#include "ringlet/memory_plan.hpp"
#include "ringlet/prompt.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

constexpr std::uint32_t most_top_k = std::numeric_limits<std::uint32_t>::max();

/// Short enough to type again, and different for each run.
std::uint64_t fresh_seed() {
  std::uint32_t seed = 0;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed) {
    seed = static_cast<std::uint32_t>(port::now_nanoseconds());
  }
  return seed;
}

/// Adds --seed, where -1 leaves the seed open, as in llama.cpp.
CLI::Option* add_seed(CLI::App& app, std::optional<std::uint64_t>& seed) {
  const auto accept = [&seed](const std::string& value) {
    seed = parse_size(value);
    if (!seed && value != "-1") {
      throw CLI::ValidationError(
          "--seed",
          "must be a whole number from 0 to 18446744073709551615, or -1 for a random one "
          "(got '" +
              value + "')");
    }
  };
  return app
      .add_option_function<std::string>("-s,--seed", accept,
                                        "Seed; the same seed repeats a run (default: -1, random).")
      ->type_name("N");
}

/// The model that is installed with the program or present in the build tree.
std::string bundled_model() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path model =
      program.parent_path().parent_path() / "share" / "ringlet" / "storyteller.ringlet";
  if (error || !std::filesystem::exists(model, error)) {
    throw UsageError("name a model file; none was installed with this program");
  }
  return model.string();
}

}  // namespace

void add_model(CLI::App& app, std::string& path) {
  add_file(app, "-m,--model,MODEL", path,
           "Model: a file, or the name of a pulled one (default: the bundled model).")
      ->type_name("");
}

void add_required_model(CLI::App& app, std::string& path) {
  add_file(app, "-m,--model,MODEL", path, "Model: a .ringlet file, or the name of a pulled one.")
      ->required()
      ->type_name("");
}

std::string LoadedModel::name() const { return path.substr(path.rfind('/') + 1); }

LoadedModel load_model(const std::string& path) {
  return load_model_file(path.empty() ? bundled_model() : path_of_model(path));
}

LoadedModel load_model_file(const std::string& path) {
  if (const std::string advice = describe_foreign_folder(path); !advice.empty()) {
    throw port::Failure(advice);
  }
  LoadedModel loaded{path, port::MappedFile(path), {}, nullptr};
  const Result<Model> model = Model::open(loaded.file.bytes());
  if (!model.ok()) {
    if (const std::string advice = describe_foreign_file(path, loaded.file.bytes());
        !advice.empty()) {
      throw port::Failure(advice);
    }
    throw damaged_file(path, model.status());
  }
  loaded.model = *model;
  return loaded;
}

port::Failure damaged_file(const std::string& path, const Status& status) {
  const std::string line = port::failure_of(path, status).what();
  const std::string_view where = status.where();
  const bool damaged =
      status.code() == ErrorCode::checksum_mismatch || where == "file" || where == "tables";
  return port::Failure(damaged ? line + "; copy or convert the file again" : line);
}

void verify_weights(const LoadedModel& model, bool progress) {
  common::ProgressBar bar("verify", progress);
  const auto show = [](void* user_data, std::uint64_t done, std::uint64_t total) {
    static_cast<common::ProgressBar*>(user_data)->update(done, total);
  };
  const Status status = model.model.verify_data(show, &bar);
  bar.clear();
  if (!status.ok()) throw damaged_file(model.path, status);
}

Tokenizer open_tokenizer(const LoadedModel& model) {
  const Result<Tokenizer> tokenizer = Tokenizer::open(model.model);
  if (tokenizer.ok()) return *tokenizer;
  if (tokenizer.status().code() == ErrorCode::unsupported &&
      std::string_view(tokenizer.status().where()) == "tokenizer") {
    throw port::Failure(model.path + ": has no tokenizer; convert it again with --tokenizer FILE");
  }
  throw port::failure_of(model.path, tokenizer.status());
}

void add_context_options(CLI::App& app, SessionOptions& options) {
  add_count(app, "-c,--context", options.config.context, {1, Config::largest_context},
            "Tokens that attention sees at once (default: the trained context).")
      ->group("Memory");
  app.add_flag("--allow-longer-context", options.config.allow_longer_context,
               "Accept a context longer than the trained one.")
      ->group("Memory");
  add_count(app, "--prefill-chunk", options.config.prefill_chunk,
            {1, Config::largest_prefill_chunk}, "Prompt tokens per forward pass (default: 16).")
      ->group("Memory");
}

void add_memory_options(CLI::App& app, SessionOptions& options, std::vector<std::string>* kv_list) {
  Config& config = options.config;
  const auto group = [](CLI::Option* option) { option->group("Memory"); };
  add_context_options(app, options);
  group(add_count(app, "--sinks", config.sinks, {0, Config::largest_context - 1},
                  "First tokens of a session, which are never evicted (default: 4).")
            ->each([&options](const std::string&) { options.chose_sinks = true; }));
  constexpr const char* kv_help = "KV cache format (default: what the model recommends).";
  group(kv_list == nullptr ? add_choice(app, "--kv", options.kv, kv_names(), kv_help)
                           : add_choice_list(app, "--kv", *kv_list, kv_names(), kv_help));
  group(add_count(app, "--hot-window", config.hot_window, {1, Config::largest_context},
                  "Newest tokens that an INT4 cache keeps in INT8 (default: 48)."));
  group(add_count(
      app, "--rewind", config.rewind, {0, Config::most_rewind},
      "Tokens that a session of a model with recurrent layers can go back (default: as many\n"
      "as are drafted). Other models go back without it."));
  group(add_size(app, "--longest-word", config.longest_word, {1, Config::largest_text_window},
                 "Longest word of a prompt, in bytes (default: 1024)."));
  group(add_count(
      app, "-t,--threads", options.threads, {1, Config::most_threads},
      "Threads; each adds to the session's memory (default: 4, or 1 for a model file below 4M).\n"
      "By default at most one per processor runs, and decoding uses as many as prove fastest."));
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
         "--isa", accept,
         "Instruction set; does not change results (default: auto). One of " + names + ".")
      ->type_name("NAME");
  add_count(app, "--prefill-threads", options.prefill_threads, {1, Config::most_threads},
            "Threads for prompts (default: all that are running).");
  add_size(app, "--prefetch", options.prefetch_bytes, {0, 1U << 20},
           "How many bytes ahead to prefetch weights (default: the fastest of 1K, 2K and 4K).");
}

SamplerOptions SamplingOptions::complete(const Model& model, const Config& config) const {
  SamplerOptions result = sampler_options(model);
  result.temperature = temperature.value_or(result.temperature);
  result.top_k = static_cast<std::uint32_t>(top_k.value_or(result.top_k));
  result.top_p = top_p.value_or(result.top_p);
  result.min_p = min_p.value_or(result.min_p);
  result.repeat_penalty = repeat_penalty.value_or(result.repeat_penalty);
  result.repeat_window = config.repeat_window;
  result.seed = seed.has_value() ? *seed : fresh_seed();
  return result;
}

void add_sampling_options(CLI::App& app, SamplingOptions& options) {
  const auto group = [](CLI::Option* option) {
    option->group("Sampling (defaults come from the model file)");
  };
  group(add_number(app, "--temp,--temperature", options.temperature,
                   {"a number, 0 or more", [](float x) { return x >= 0; }},
                   "Temperature; 0 always takes the most likely token."));
  group(add_count(app, "--top-k", options.top_k, {0, most_top_k},
                  "Keep the N most likely tokens; 0 keeps all."));
  group(
      add_number(app, "--top-p", options.top_p,
                 {"a number above 0 and at most 1", [](float x) { return x > 0 && x <= 1; }},
                 "Nucleus sampling: keep the smallest set with total probability X; 1 keeps all."));
  group(add_number(app, "--min-p", options.min_p,
                   {"a number from 0 to below 1", [](float x) { return x >= 0 && x < 1; }},
                   "Drop tokens less likely than X times the most likely one; 0 drops none."));
  group(add_number(app, "--repeat-penalty", options.repeat_penalty,
                   {"a number above 0", [](float x) { return x > 0; }},
                   "Make recent tokens less likely; 1 has no effect."));
  group(add_seed(app, options.seed));
}

}  // namespace ringlet::cli
