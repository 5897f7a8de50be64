#include "snapshot_file.hpp"

#include <filesystem>
#include <vector>

#include "command.hpp"
#include "parse_values.hpp"
#include "ringlet/linux/failure.hpp"
#include "setting_errors.hpp"

namespace ringlet::cli {

LoadedSnapshot load_snapshot(const std::string& path, const LoadedModel& model) {
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error) && std::filesystem::is_empty(path, error)) {
    throw port::Failure(path + ": is empty; delete it to begin a new one");
  }
  LoadedSnapshot snapshot{path, port::MappedFile(path), {}};
  const Result<SnapshotInfo> info = snapshot_info(snapshot.file.bytes());
  if (!info.ok() && Model::open(snapshot.file.bytes()).ok()) {
    throw port::Failure(path + ": is a model, not a saved session");
  }
  if (!info.ok()) throw port::failure_of(path, info.status());
  if (info->model_hash != model.model.hash()) {
    throw port::Failure(path + ": was saved with another model than " + model.path +
                        "; use that model, or another file");
  }
  snapshot.info = *info;
  return snapshot;
}

void read_sinks_in_place(const LoadedSnapshot& snapshot, SessionOptions& options) {
  const Config& config = options.config;
  options.config.sinks_in_snapshot = config.sinks > 0 && config.sinks == snapshot.info.sinks &&
                                     snapshot.info.position >= config.sinks;
}

void restore_snapshot(const LoadedSnapshot& snapshot, Session& session, Sampler* sampler,
                      const std::string& remedy) {
  const Status status = session.restore(snapshot.file.bytes(), sampler);
  if (status.ok()) return;
  const char* option = option_for(status.where());
  if (option == nullptr || status.code() != ErrorCode::invalid_argument) {
    throw port::failure_of(snapshot.path, status);
  }
  // Formats can differ by layer, and then no value of the option is right.
  const std::string difference = status.numbers() == Numbers::none
                                     ? "differs from the session's"
                                     : "the session has " + with_commas(status.needed());
  throw port::Failure(snapshot.path + ": " + option + ": " + difference + "; " + remedy);
}

std::uint64_t save_snapshot(common::OutputFile& file, const Session& session,
                            const Sampler* sampler) {
  const Result<std::size_t> size = session.save({}, sampler);
  // Aligned for 64-bit numbers.
  std::vector<std::uint64_t> memory(static_cast<std::size_t>((size.status().needed() + 7) / 8));
  const Result<std::size_t> saved =
      session.save(std::as_writable_bytes(std::span(memory)), sampler);
  if (!saved.ok()) throw port::failure_of(file.target(), saved.status());
  file.write({reinterpret_cast<const char*>(memory.data()), *saved});
  file.commit();
  return *saved;
}

}  // namespace ringlet::cli
