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
#include "ringlet/kernels.hpp"
#include "ringlet/model.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "thread_team.hpp"

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

/// What a session is made of. Fields that an option sets keep their defaults otherwise.
struct SessionOptions {
  Config config;
  std::string kv;  // empty: as the model recommends
  std::string isa = "auto";
  std::optional<std::uint64_t> threads;  // absent: as default_lanes() says

  /// The configuration with the cache format filled in.
  [[nodiscard]] Config complete_config(const Model& model) const;
};

/// Adds --context, --sinks, --kv, --prefill-chunk, --longest-word, --threads and
/// --allow-longer-context.
void add_memory_options(CLI::App& app, SessionOptions& options);

/// Adds --isa, which changes nothing but speed.
void add_speed_options(CLI::App& app, SessionOptions& options);

/// A session, the memory that it lives in, and the threads and kernels that it uses.
struct LoadedSession {
  port::Mapping memory;
  std::unique_ptr<port::ThreadTeam> team;
  const KernelSet* kernels = nullptr;
  Session session;
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
