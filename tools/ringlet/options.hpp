// Options that several subcommands share, and the objects created from them: model, session,
// sampler.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ringlet/config.hpp"
#include "ringlet/kernels.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/files.hpp"
#include "ringlet/linux/threads.hpp"
#include "ringlet/linux/tuner.hpp"
#include "ringlet/linux/weights.hpp"
#include "ringlet/model.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "ringlet/snapshot.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet::cli {

/// Adds the optional positional MODEL. Without it, a command uses the bundled model.
void add_model(CLI::App& app, std::string& path);

/// Adds a required positional MODEL.
void add_required_model(CLI::App& app, std::string& path);

/// An open model file: the mapping and its view.
struct LoadedModel {
  std::string path;
  port::MappedFile file;
  Model model;
  std::unique_ptr<port::WeightsCopy> copy = nullptr;  // from place_weights()

  /// The path without folders, for reports.
  [[nodiscard]] std::string name() const;
};

/// Maps and opens MODEL: a file, or the name of a pulled model (model_name.hpp). An empty one
/// selects the bundled model in ../share/ringlet, relative to the program's folder. Throws Failure
/// with one line, which names the remedy for recognized files of other formats.
[[nodiscard]] LoadedModel load_model(const std::string& path);

/// The same for a file.
[[nodiscard]] LoadedModel load_model_file(const std::string& path);

/// An error in a model file, with the remedy if its bytes are not those that were written.
[[nodiscard]] port::Failure damaged_file(const std::string& path, const Status& status);

/// Reads every byte of the weights. Throws Failure if any differs from what was written.
void verify_weights(const LoadedModel& model, bool progress);

/// The tokenizer of a model. Throws Failure with the remedy if it has none.
[[nodiscard]] Tokenizer open_tokenizer(const LoadedModel& model);

/// Names of cache formats: "f32", "f16", "int8", "k8v4" (INT8 keys, INT4 values), "int4".
[[nodiscard]] std::vector<std::string> kv_names();

/// The formats of that name; none if there is no such name.
[[nodiscard]] std::optional<KvFormats> kv_named(std::string_view name);

/// What drafts tokens for speculative decoding.
struct DraftOptions {
  std::optional<bool> lookup;           // absent: where it pays
  std::string model;                    // empty: none
  std::optional<std::uint64_t> tokens;  // absent: as many as pay
};

/// The settings of a session. Fields without an option keep their defaults.
struct SessionOptions {
  Config config;
  bool chose_sinks = false;  // --sinks was given
  std::string kv;            // empty: the model's recommendation
  std::string isa = "auto";
  std::string prefill = "ringlet";               // prefill backend, one of prefill_names()
  std::optional<std::uint64_t> threads;          // for single tokens; absent: tuned
  std::optional<std::uint64_t> prefill_threads;  // for chunks; absent: all planned threads
  std::optional<std::uint64_t> prefetch_bytes;   // absent: tuned
  std::string weights_in = "auto";
  std::optional<std::uint64_t> ram;  // absent: no limit
  DraftOptions drafts;

  /// The configuration, including cache format, threads and the memory that --prefill needs.
  [[nodiscard]] Config complete_config(const Model& model) const;

  /// The execution settings that must not be tuned.
  [[nodiscard]] port::Tuner::Fixed fixed_execution() const;
};

/// Adds --context, --allow-longer-context and --prefill-chunk.
void add_context_options(CLI::App& app, SessionOptions& options);

/// Adds --sinks, --kv, --hot-window, --longest-word and --threads to add_context_options(). With
/// `kv_list`, --kv takes several formats and stores them there.
void add_memory_options(CLI::App& app, SessionOptions& options,
                        std::vector<std::string>* kv_list = nullptr);

/// Takes settings that the command line left open from a snapshot: context, sinks, cache format,
/// hot window and chunk. Requires add_memory_options().
void complete_from_snapshot(const CLI::App& app, const SnapshotInfo& snapshot,
                            SessionOptions& options);

/// Unless --longest-word was given, plans for the longest word of the text.
void make_room_for_words(const CLI::App& app, const Tokenizer& tokenizer, std::string_view text,
                         const ControlTokens& control_tokens, SessionOptions& options);

/// Adds --isa, --prefill-threads and --prefetch, which affect only speed. If --prefill-threads
/// exceeds --threads, it also determines the planned threads.
void add_speed_options(CLI::App& app, SessionOptions& options);

/// Returns the kernels for --isa. If they fail their self-test, returns the scalar ones, with a
/// note on standard error.
[[nodiscard]] const KernelSet* choose_kernels(const SessionOptions& options);

/// A session with its memory, threads and kernels.
struct LoadedSession {
  port::Mapping memory;
  std::unique_ptr<port::ThreadTeam> team;
  const KernelSet* kernels = nullptr;
  Session session;
  std::shared_ptr<void> accelerator;  // set if --prefill selected a backend other than the kernels

  /// A tuner for the settings that the options left open. Starts with the first recorded token.
  [[nodiscard]] port::Tuner tuner(const SessionOptions& options);
};

/// Plans, maps and creates a session. Throws Failure with the model and the option at fault.
/// Kernels that fail their self-test are replaced by the scalar ones, with a note on standard
/// error.
[[nodiscard]] LoadedSession make_session(const LoadedModel& model, const SessionOptions& options);

/// Sampling settings of the command line. Absent ones come from the model file.
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

/// The context in effect: the configured one, or the trained one.
[[nodiscard]] std::uint32_t effective_context(const Model& model, const Config& config);

/// The cache format in effect, for reports: "int8", "int8 keys, f16 values" or "differs by layer".
[[nodiscard]] std::string describe_kv(const Model& model, const Config& config);

}  // namespace ringlet::cli
