#include "serve/seats/seat_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <utility>

#include "common/format_values.hpp"
#include "common/output_file.hpp"
#include "retry.hpp"
#include "ringlet/linux/failure.hpp"
#include "serve/seats/seat_head.hpp"

namespace ringlet::serve {
namespace {

namespace fs = std::filesystem;

// Shorter conversations are read again sooner than a file.
constexpr std::size_t shortest = 16;

constexpr std::string_view extension = ".seat";
constexpr std::uint64_t largest_number = UINT64_MAX / 2;  // so that others can follow

void create_private(const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return;
  throw port::system_failure(folder, "cannot be created", errno);
}

/// Opens and locks a folder. Two servers would write files of the same names.
port::Descriptor lock_folder(const std::string& folder) {
  const int number =
      port::retry([&] { return open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (number < 0) throw port::system_failure(folder, "cannot be opened", errno);
  port::Descriptor lock(number);
  if (port::retry([=] { return flock(number, LOCK_EX | LOCK_NB); }) == 0) return lock;
  if (errno != EWOULDBLOCK) throw port::system_failure(folder, "cannot be locked", errno);
  throw port::Failure(
      folder + ": another server saves its conversations here; give this one a folder of its own");
}

/// The number of a file "12.seat"; nothing for others.
std::optional<std::uint64_t> number_of(const fs::path& path) {
  std::error_code error;  // a pipe of that name would not end
  if (path.extension() != extension || !fs::is_regular_file(fs::symlink_status(path, error))) {
    return std::nullopt;
  }
  const std::string stem = path.stem().string();
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(stem.data(), stem.data() + stem.size(), number);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == stem.data() + stem.size();
  if (!whole || number > largest_number) return std::nullopt;
  return number;
}

std::optional<SeatHead> read_head_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(head_start, '\0');
  if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return std::nullopt;
  const std::size_t size = head_bytes(bytes);
  std::error_code error;
  if (size < head_start || size > fs::file_size(path, error) || error) return std::nullopt;
  bytes.resize(size);
  file.read(bytes.data() + head_start, static_cast<std::streamsize>(size - head_start));
  return file ? read_head(bytes) : std::nullopt;
}

}  // namespace

SeatFiles::SeatFiles(SeatFilesSettings settings)
    : settings_(std::move(settings)),
      folder_(settings_.folder +
              common::format("/%016llx", static_cast<unsigned long long>(settings_.model_hash))),
      buffer_(static_cast<std::size_t>((settings_.snapshot_bytes + 7) / 8)) {
  create_private(settings_.folder);
  create_private(folder_);
  lock_ = lock_folder(folder_);
  find_files();
  writer_ = std::thread([this] { write_loop(); });
}

SeatFiles::~SeatFiles() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  writer_.join();
}

void SeatFiles::find_files() {
  std::vector<std::pair<std::uint64_t, std::string>> found;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder_, error)) {
    if (const auto number = number_of(file.path()))
      found.emplace_back(*number, file.path().string());
  }
  if (error) throw port::system_failure(folder_, "cannot be read", error.value());
  std::sort(found.begin(), found.end());
  for (const auto& [number, path] : found) {
    next_number_ = number + 1;
    std::optional<SeatHead> head = read_head_of(path);
    if (!head) {  // damaged, or of another version: of no use to anybody
      fs::remove(path, error);
      continue;
    }
    entries_.push_front({path, fs::file_size(path, error), std::move(head->tokens)});
  }
  make_room(0);
}

std::size_t SeatFiles::share_of(const Entry& entry, const Job& job) const {
  const std::size_t size = entry.tokens.size();
  const std::size_t share = common_beginning(entry.tokens, job.tokens);
  // Where its ring has wrapped, a session only goes forward.
  return share == size || (size <= settings_.context && 2 * share >= size) ? share : 0;
}

std::size_t SeatFiles::best_share(const Job& job) const {
  std::size_t best = 0;
  for (const Entry& entry : entries_) best = std::max(best, share_of(entry, job));
  return best;
}

bool SeatFiles::bring_back(const Job& job, Seat& seat) {
  const auto best = std::max_element(
      entries_.begin(), entries_.end(),
      [&](const Entry& a, const Entry& b) { return share_of(a, job) < share_of(b, job); });
  if (best == entries_.end()) return false;
  wait_for_writer();
  const auto snapshot = read(*best);
  const bool restored =
      snapshot && seat.session().restore(*snapshot).ok() && seat.position() == best->tokens.size();
  if (restored) {
    seat.held().restore(best->tokens);
  } else {
    seat.session().reset();
    seat.held().truncate(0);
  }
  // Its conversation goes on in the seat, and is kept anew.
  forget(best);
  return restored;
}

/// Reads a snapshot into the buffer.
std::optional<std::span<const std::byte>> SeatFiles::read(const Entry& entry) {
  std::ifstream file(entry.path, std::ios::binary);
  const std::string head = write_head(entry.tokens);
  const std::size_t room = buffer_.size() * sizeof(std::uint64_t);
  if (entry.bytes < head.size() || entry.bytes - head.size() > room) return std::nullopt;
  const auto size = static_cast<std::size_t>(entry.bytes - head.size());
  // The file may have been replaced since it was found.
  std::string found(head.size(), '\0');
  file.read(found.data(), static_cast<std::streamsize>(found.size()));
  if (!file || found != head) return std::nullopt;
  file.read(reinterpret_cast<char*>(buffer_.data()), static_cast<std::streamsize>(size));
  if (!file) return std::nullopt;
  return std::as_bytes(std::span(buffer_)).first(size);
}

void SeatFiles::keep(Seat& seat) {
  if (seat.held().tokens().size() < shortest) return;
  wait_for_writer();
  const Result<std::size_t> saved = seat.session().save(std::as_writable_bytes(std::span(buffer_)));
  if (!saved.ok()) return;
  const std::span<const TokenId> tokens = seat.held().tokens();
  std::string head = write_head(tokens);
  const std::uint64_t bytes = head.size() + *saved;
  if (bytes > settings_.most_bytes) return;
  make_room(bytes);
  entries_.push_front({folder_ + "/" + std::to_string(next_number_++) + std::string(extension),
                       bytes,
                       {tokens.begin(), tokens.end()}});
  const std::lock_guard lock(mutex_);
  buffered_ = *saved;
  head_ = std::move(head);
  target_ = entries_.front().path;
  changed_.notify_all();
}

/// Removes the oldest files until so many more bytes have room.
void SeatFiles::make_room(std::uint64_t bytes) {
  std::uint64_t sum = bytes;
  std::size_t files = bytes > 0 ? 1 : 0;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    sum += entry->bytes;
    if (sum <= settings_.most_bytes && ++files <= most_files) {
      ++entry;
      continue;
    }
    const auto old = entry++;
    sum -= old->bytes;
    forget(old);
  }
}

void SeatFiles::forget(std::list<Entry>::iterator entry) {
  std::error_code ignored;  // it may never have been written, on a full disk
  fs::remove(entry->path, ignored);
  entries_.erase(entry);
}

void SeatFiles::wait_for_writer() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return target_.empty(); });
}

void SeatFiles::write_loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ending_ || !target_.empty(); });
    if (target_.empty()) return;
    lock.unlock();
    try {
      common::OutputFile file(target_, {.is_private = true, .takes_streams = false});
      file.write(head_);
      file.write({reinterpret_cast<const char*>(buffer_.data()), buffered_});
      file.commit();
    } catch (const port::Failure&) {
      // A full disk costs the conversation its place, and nobody an answer.
    }
    lock.lock();
    target_.clear();
    head_.clear();
    changed_.notify_all();
  }
}

}  // namespace ringlet::serve
