#include "session_start.hpp"

#include <filesystem>

#include "parse_values.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::cli {

void add_start_options(CLI::App& app, StartOptions& options) {
  add_file(app, "--session", options.session,
           "Continue the session in this file, if it exists, and save to it at the end.");
  add_file(app, "--prefix", options.prefix,
           "Start from a prefix or a saved session, without changing the file.");
}

void open_session_file(const StartOptions& options, std::optional<common::OutputFile>& file) {
  if (!options.session.empty()) file.emplace(options.session, private_output);
}

std::optional<LoadedSnapshot> load_start(const CLI::App& app, const LoadedModel& model,
                                         const StartOptions& files, SessionOptions& options) {
  std::error_code error;
  const bool goes_on = !files.session.empty() && std::filesystem::exists(files.session, error);
  // Starting over could lose an existing session.
  if (error) throw port::system_failure(files.session, "cannot be read", error.value());
  if (!goes_on && files.prefix.empty()) return std::nullopt;
  LoadedSnapshot snapshot = load_snapshot(goes_on ? files.session : files.prefix, model);
  complete_from_snapshot(app, snapshot.info, options);
  return snapshot;
}

bool is_session(const LoadedSnapshot& snapshot, const StartOptions& files) {
  return snapshot.path == files.session;
}

void start_from(const LoadedSnapshot& snapshot, const StartOptions& files,
                const SamplerOptions& sampling, bool new_seed, Session& session, Sampler& sampler) {
  restore_snapshot(snapshot, session, &sampler);
  if (!is_session(snapshot, files) || new_seed) {
    sampler.resume({.seed = sampling.seed, .draws = 0});
  }
}

}  // namespace ringlet::cli
