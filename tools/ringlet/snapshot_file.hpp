// Files with snapshots of sessions: --session and --prefix.
#pragma once

#include <string>

#include "common/output_file.hpp"
#include "options.hpp"
#include "ringlet/linux/files.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "ringlet/snapshot.hpp"

namespace ringlet::cli {

/// A mapped snapshot with a verified header.
struct LoadedSnapshot {
  std::string path;
  port::MappedFile file;
  SnapshotInfo info;
};

/// Maps a snapshot and checks that it belongs to this model. Throws Failure with the file and the
/// remedy.
[[nodiscard]] LoadedSnapshot load_snapshot(const std::string& path, const LoadedModel& model);

/// Makes the session read its sinks from the snapshot, if the snapshot contains all of them.
void read_sinks_in_place(const LoadedSnapshot& snapshot, SessionOptions& options);

/// Restores a session from a snapshot. Throws Failure with the file and the option at fault;
/// `remedy` says how to get the settings of the snapshot.
void restore_snapshot(const LoadedSnapshot& snapshot, Session& session, Sampler* sampler,
                      const std::string& remedy = "leave the option out");

/// The content of a session is private to its owner.
inline constexpr common::OutputFile::Options private_output{.is_private = true};

/// Writes a session to `file`, completely or not at all, and returns its size. Throws Failure with
/// the file.
std::uint64_t save_snapshot(common::OutputFile& file, const Session& session,
                            const Sampler* sampler);

}  // namespace ringlet::cli
