// Options that several subcommands share, and what becomes of them: a model, a session, a sampler.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "failure.hpp"
#include "memory_map.hpp"
#include "ringlet/config.hpp"
#include "ringlet/image.hpp"
#include "ringlet/kernels.hpp"
#include "ringlet/model.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "thread_team.hpp"
#include "tuner.hpp"

namespace ringlet::cli {

/// Adds the positional MODEL; without it a command takes the model that comes with the program.
void add_model(CLI::App& app, std::string& path);

/// The same for commands that need to be told.
void add_required_model(CLI::App& app, std::string& path);

/// A model file that is open: the mapping and the view of it.
struct LoadedModel {
  std::string path;
  port::MappedFile file;
  Model model;

  /// The path without folders, for reports.
  [[nodiscard]] std::string name() const;
};

/// Maps and opens a model file; an empty path stands for the model that comes with the program, in
/// ../share/ringlet beside its folder. Throws Failure in one line; files of other formats are
/// recognised and the remedy is named.
[[nodiscard]] LoadedModel load_model(const std::string& path);

/// Reads every byte of the weights and throws Failure when one is not as it was written.
void verify_weights(const LoadedModel& model, bool progress);

/// A failure of the runtime about a setting: names the option instead of the field.
[[nodiscard]] port::Failure setting_failure(const std::string& path, const Status& status);

/// The cache formats by name: "f32", "f16", "int8", "k8v4" (INT8 keys, INT4 values), "int4".
[[nodiscard]] std::vector<std::string> kv_names();

/// What a session is made of. Fields that an option sets keep their defaults otherwise.
struct SessionOptions {
  Config config;
  std::string kv;  // empty: as the model recommends
  std::string isa = "auto";
  std::string prefill = "ringlet";       // what multiplies a prompt: of prefill_names()
  std::optional<std::uint64_t> threads;  // for one token; absent: tuned, up to default_lanes()
  std::optional<std::uint64_t> prefill_threads;  // for a chunk; absent: all that are planned
  std::optional<std::uint64_t> prefetch_bytes;   // absent: tuned

  /// The configuration with the cache format, the lanes and what --prefill needs filled in.
  [[nodiscard]] Config complete_config(const Model& model) const;

  /// What of the execution is not to be tuned.
  [[nodiscard]] port::Tuner::Fixed fixed_execution() const;
};

/// Adds --context, --allow-longer-context and --prefill-chunk.
void add_context_options(CLI::App& app, SessionOptions& options);

/// Adds these and --sinks, --kv, --hot-window, --prefill-chunk, --longest-word and --threads.
/// With `kv_list`, --kv takes several formats and puts them there.
void add_memory_options(CLI::App& app, SessionOptions& options,
                        std::vector<std::string>* kv_list = nullptr);

/// Takes from an image what add_memory_options left open on this command line: context, sinks,
/// cache format, hot window and chunk.
void complete_from_image(const CLI::App& app, const ImageInfo& image, SessionOptions& options);

/// Adds --isa, --prefill-threads and --prefetch, which change nothing but speed (and the second,
/// where it is more than --threads, the lanes that are planned for).
void add_speed_options(CLI::App& app, SessionOptions& options);

/// The kernels that --isa asks for. Where they fail their self-test the scalar ones, with a note on
/// standard error.
[[nodiscard]] const KernelSet* choose_kernels(const SessionOptions& options);

/// A session, the memory that it lives in, and the threads and kernels that it uses.
struct LoadedSession {
  port::Mapping memory;
  std::unique_ptr<port::ThreadTeam> team;
  const KernelSet* kernels = nullptr;
  Session session;
  std::shared_ptr<void> accelerator;  // what --prefill asked for, where it is not the kernels

  /// A tuner for what the options left open; it begins with the first token it is told of.
  [[nodiscard]] port::Tuner tuner(const SessionOptions& options);
};

/// Plans, maps and creates. Throws Failure naming the model and the option at fault. Kernels that
/// fail their self-test are replaced by the scalar ones, with a note on standard error.
[[nodiscard]] LoadedSession make_session(const LoadedModel& model, const SessionOptions& options);

/// Sampling settings given on the command line; what is not given comes from the model file.
struct SamplingOptions {
  std::optional<float> temperature;
  std::optional<std::uint64_t> top_k;
  std::optional<float> top_p;
  std::optional<float> min_p;
  std::optional<float> repeat_penalty;
  std::optional<std::uint64_t> seed;  // absent: a new one for each run

  [[nodiscard]] SamplerOptions complete(const Model& model, const Config& config) const;
};

/// Adds --temperature, --top-k, --top-p, --min-p, --repeat-penalty and --seed.
void add_sampling_options(CLI::App& app, SamplingOptions& options);

/// The context in effect: what the configuration says, or what the model was trained on.
[[nodiscard]] std::uint32_t effective_context(const Model& model, const Config& config);

/// The cache format in effect, for reports: "int8", "int8 keys, f16 values" or "differs by layer".
[[nodiscard]] std::string describe_kv(const Model& model, const Config& config);

}  // namespace ringlet::cli
