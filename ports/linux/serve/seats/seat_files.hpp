// Conversations that have left their seat, as files.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "ringlet/linux/files.hpp"
#include "serve/seats/scheduler.hpp"

namespace ringlet::serve {

struct SeatFilesSettings {
  std::string folder = {};           // of all models; is created, for its owner alone
  std::uint64_t model_hash = 0;      // files are in a folder of this name
  std::uint64_t most_bytes = 0;      // on disk, for this model
  std::uint64_t snapshot_bytes = 0;  // the most that a seat's snapshot takes
  std::uint32_t context = 0;         // beyond it, a session cannot go back
};

/// Every file is private, complete and written at once, so a program that is killed leaves whole
/// ones. A thread of its own writes them: seats go on meanwhile. All memory is one buffer of the
/// size of a snapshot, and the tokens of at most `most_files` conversations.
class SeatFiles : public SeatKeeper {
 public:
  static constexpr std::size_t most_files = 64;

  /// Finds the files of earlier runs. Throws port::Failure if the folder cannot be used, or another
  /// server uses it for this model.
  explicit SeatFiles(SeatFilesSettings settings);
  SeatFiles(const SeatFiles&) = delete;
  SeatFiles& operator=(const SeatFiles&) = delete;
  /// Writes what is not written yet.
  ~SeatFiles() override;

  [[nodiscard]] std::size_t best_share(const Job& job) const override;
  bool bring_back(const Job& job, Seat& seat) override;
  void keep(Seat& seat) override;

  /// Conversations on disk, or about to be.
  [[nodiscard]] std::size_t count() const { return entries_.size(); }

 private:
  struct Entry {
    std::string path;
    std::uint64_t bytes = 0;
    std::vector<TokenId> tokens;
  };

  [[nodiscard]] std::size_t share_of(const Entry& entry, const Job& job) const;
  void find_files();
  void make_room(std::uint64_t bytes);
  void forget(std::list<Entry>::iterator entry);
  [[nodiscard]] std::optional<std::span<const std::byte>> read(const Entry& entry);
  void wait_for_writer();
  void write_loop();

  SeatFilesSettings settings_;
  std::string folder_;
  port::Descriptor lock_;     // the folder, open as long as the object lives
  std::list<Entry> entries_;  // the newest first
  std::uint64_t next_number_ = 0;

  // Shared with the writer.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> buffer_;  // a snapshot, read or to be written
  std::size_t buffered_ = 0;           // bytes of it
  std::string head_;                   // of the file to be written
  std::string target_;                 // empty: nothing is to be written
  bool ending_ = false;
  std::thread writer_;
};

}  // namespace ringlet::serve
