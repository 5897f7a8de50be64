// The files that a session starts from and is saved to: --session and --prefix.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "common/output_file.hpp"
#include "options.hpp"
#include "ringlet/sampler.hpp"
#include "snapshot_file.hpp"

namespace ringlet::cli {

/// The files; empty if not given.
struct StartOptions {
  std::string session;
  std::string prefix;
};

/// Adds --session and --prefix.
void add_start_options(CLI::App& app, StartOptions& options);

/// Opens the session file for writing, if one is given, so that no other program can continue it
/// meanwhile. Throws Failure.
void open_session_file(const StartOptions& options, std::optional<common::OutputFile>& file);

/// Loads the snapshot to start from: the session file if it exists, otherwise the prefix. Takes
/// settings that the command line leaves open from it. Throws Failure.
[[nodiscard]] std::optional<LoadedSnapshot> load_start(const CLI::App& app,
                                                       const LoadedModel& model,
                                                       const StartOptions& files,
                                                       SessionOptions& options);

/// Whether the snapshot is the session file, which is replaced at the end. A prefix is not.
[[nodiscard]] bool is_session(const LoadedSnapshot& snapshot, const StartOptions& files);

/// Restores session and sampler. The random sequence of a session continues unless `new_seed` is
/// true; that of a prefix starts over.
void start_from(const LoadedSnapshot& snapshot, const StartOptions& files,
                const SamplerOptions& sampling, bool new_seed, Session& session, Sampler& sampler);

}  // namespace ringlet::cli
