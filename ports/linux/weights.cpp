#include "ringlet/linux/weights.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <system_error>

#include "clock.hpp"
#include "free_memory.hpp"
#include "huge_pages.hpp"
#include "retry.hpp"
#include "ringlet/linux/failure.hpp"
#include "with_commas.hpp"

namespace ringlet::port {
namespace {

// Between looks at whether to stop.
constexpr std::size_t piece = std::size_t{4} << 20;
constexpr int low_priority = 10;

constexpr const char* asked = "as asked";
constexpr const char* small = "less than 8 MiB";
constexpr const char* no_huge_pages = "the kernel has no huge pages";
constexpr const char* over_limit = "a copy would exceed the limit of memory";
constexpr const char* no_memory = "too little memory is available";
constexpr const char* huge_already = "which are huge";
constexpr const char* stopped = "the copy was stopped";
constexpr const char* not_read = "the file could not be read";
constexpr const char* not_moved = "the system refused to move the copy";

/// Whether the system maps most of this file in huge pages. It decides when pages are read.
bool maps_huge_pages(std::span<std::byte> mapping) {
  if (madvise(mapping.data(), mapping.size(), MADV_POPULATE_READ) != 0) return false;
  return bytes_in_huge_pages(mapping) >= mapping.size() / 2;
}

std::string mebibytes(std::uint64_t bytes) { return with_commas((bytes + (1U << 19)) >> 20); }

}  // namespace

WeightsCopy::WeightsCopy(const MappedFile& file, const Model& model, const Options& options)
    : mapping_(file.pages()), descriptor_(file.descriptor()), model_(model), hash_(model.hash()) {
  if (const char* reason = reason_to_stay(options)) {
    if (options.in == WeightsIn::copy) {
      throw Failure("a copy of the weights needs " + with_commas(mapping_.size()) +
                    " bytes: " + reason);
    }
    stay(reason);
    return;
  }
  try {
    thread_ = std::thread([this, options] { run(options); });
  } catch (const std::system_error&) {
    if (options.in == WeightsIn::copy) throw Failure("no thread can be started for the weights");
    stay("no thread can be started");
  }
}

WeightsCopy::~WeightsCopy() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void WeightsCopy::wait() {
  if (thread_.joinable()) thread_.join();
}

void WeightsCopy::stay(const char* reason) {
  reason_ = reason;
  state_.store(State::mapped, std::memory_order_release);
}

const char* WeightsCopy::reason_to_stay(const Options& options) const {
  const std::size_t bytes = mapping_.size();
  const bool automatic = options.in == WeightsIn::automatic;
  if (options.in == WeightsIn::map) return asked;
  if (automatic && bytes < least_automatic_bytes) return small;
  if (automatic && !huge_pages_on_request()) return no_huge_pages;
  if (bytes > options.most_bytes) return over_limit;
  // Others may need memory later, when a copy, unlike a file's pages, cannot be dropped.
  if (available_memory() / (automatic ? 2 : 1) < bytes) return no_memory;
  return nullptr;
}

void WeightsCopy::run(const Options& options) {
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), low_priority);
  const std::uint64_t started = now_nanoseconds();
  const char* reason = no_memory;
  try {
    reason = copy(options);
  } catch (const std::bad_alloc&) {  // of the texts in which the kernel describes pages
  }
  nanoseconds_ = now_nanoseconds() - started;
  if (!status_.ok()) {
    state_.store(State::damaged, std::memory_order_release);
  } else if (reason != nullptr) {
    stay(reason);
  } else {
    state_.store(State::copied, std::memory_order_release);
  }
}

/// Returns why the weights stay in the file, or null if they have moved. Sets status_ if the copy
/// does not hold what was written.
const char* WeightsCopy::copy(const Options& options) {
  const std::size_t size = mapping_.size();
  const bool automatic = options.in == WeightsIn::automatic;
  if (automatic && maps_huge_pages(mapping_)) return huge_already;
  void* address = map_aligned(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  if (address == MAP_FAILED) return no_memory;
  Mapping memory(address, size);
  advise_huge_pages(address, size);
  if (!read_file(memory.bytes())) return stop_ ? stopped : not_read;
  if (automatic && bytes_in_huge_pages(memory.bytes()) < size / 2) return "no huge pages are free";
  status_ = verify(memory.bytes());
  if (!status_.ok()) return nullptr;
  if (stop_) return stopped;
  mprotect(address, size, PROT_READ);
  // Whoever touches a page meanwhile waits for the kernel, and then finds the copy.
  if (mremap(address, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, mapping_.data()) == MAP_FAILED) {
    // The kernel can have removed the mapping before it failed.
    mmap(mapping_.data(), size, PROT_READ, MAP_SHARED | MAP_FIXED, descriptor_, 0);
    return not_moved;
  }
  memory.release();
  // The cache of the file makes the next start quick. Where memory is short, it goes first.
  if (unused_memory() < size) posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED);
  return nullptr;
}

bool WeightsCopy::read_file(std::span<std::byte> out) const {
  std::size_t done = 0;
  while (done < out.size() && !stop_) {
    const std::size_t count = std::min(piece, out.size() - done);
    const ssize_t got = retry(
        [&] { return pread(descriptor_, out.data() + done, count, static_cast<off_t>(done)); });
    if (got <= 0) return false;
    done += static_cast<std::size_t>(got);
  }
  return done == out.size();
}

Status WeightsCopy::verify(std::span<const std::byte> bytes) const {
  Result<Model> copy = Model::open(bytes);
  if (!copy.ok()) return copy.status();
  if (copy->hash() != hash_) {
    return {ErrorCode::checksum_mismatch, "file", "was changed after it was opened"};
  }
  if (model_.requires_sha256()) copy->require_sha256();
  return copy->verify_data();
}

std::uint64_t WeightsCopy::huge_bytes() const { return bytes_in_huge_pages(mapping_); }

std::string WeightsCopy::describe() const {
  switch (state()) {
    case State::copying:
      return "in the file's pages, while they are copied";
    case State::copied:
      return "in a copy (after " + with_commas(nanoseconds_ / 1'000'000) + " ms; " +
             mebibytes(huge_bytes()) + " of " + mebibytes(mapping_.size()) + " MiB in huge pages)";
    case State::damaged:
      return "in the file's pages, which are damaged";
    case State::mapped:
      break;
  }
  return std::string("in the file's pages (") + reason_ + ")";
}

}  // namespace ringlet::port
