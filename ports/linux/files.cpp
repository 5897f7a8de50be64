#include "ringlet/linux/files.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <string>
#include <system_error>
#include <utility>

#include "retry.hpp"
#include "ringlet/linux/failure.hpp"
#include "with_commas.hpp"

namespace ringlet::port {
namespace {

/// A file descriptor that is closed at the end of the scope. A mapping outlives it.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path) {
    // Without O_NONBLOCK, opening a named pipe by mistake would wait for a writer.
    descriptor_ = retry([&] { return open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); });
    if (descriptor_ >= 0) return;
    if (errno == ENOENT) throw Failure(path + ": does not exist");
    throw system_failure(path, "cannot be opened", errno);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { close(descriptor_); }

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

// Size of a huge page on x86-64, and on ARM with pages of 4 KiB.
constexpr std::size_t huge_page = std::size_t{2} << 20;

/// Maps `size` bytes at an address where huge pages can begin, if there is enough for one.
void* map_aligned(std::size_t size, int protection, int flags, int descriptor) {
  if (size < huge_page) return mmap(nullptr, size, protection, flags, descriptor, 0);
  // Reserve more than needed, map at the boundary inside, and release the rest.
  const std::size_t reserved = size + huge_page;
  void* area =
      mmap(nullptr, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (area == MAP_FAILED) return mmap(nullptr, size, protection, flags, descriptor, 0);
  const auto start = reinterpret_cast<std::uintptr_t>(area);
  const std::uintptr_t aligned = (start + huge_page - 1) / huge_page * huge_page;
  void* result =
      mmap(reinterpret_cast<void*>(aligned), size, protection, flags | MAP_FIXED, descriptor, 0);
  if (result == MAP_FAILED) {
    munmap(area, reserved);
    return MAP_FAILED;
  }
  const long page = sysconf(_SC_PAGESIZE);
  const auto unit = static_cast<std::uintptr_t>(page > 0 ? page : 4096);
  const std::uintptr_t end = (aligned + size + unit - 1) / unit * unit;
  if (aligned > start) munmap(area, aligned - start);
  if (end < start + reserved) munmap(reinterpret_cast<void*>(end), start + reserved - end);
  return result;
}

/// Requests huge pages for the whole ones inside a mapping. Kernels without them for this mapping
/// refuse.
void advise_huge_pages(void* address, std::size_t size) {
  if (size >= huge_page) madvise(address, size / huge_page * huge_page, MADV_HUGEPAGE);
}

std::size_t mappable_size(const std::string& path, int descriptor) {
  struct stat info {};
  if (fstat(descriptor, &info) != 0) throw system_failure(path, "cannot be examined", errno);
  if (S_ISDIR(info.st_mode)) throw Failure(path + ": is a folder; name a file");
  if (!S_ISREG(info.st_mode)) {
    throw Failure(path + ": is not a regular file and cannot be mapped; copy it to one first");
  }
  if (info.st_size == 0) throw Failure(path + ": is empty");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > std::numeric_limits<std::size_t>::max() / 2) {
    throw Failure(path + ": is too large for this machine's address space");
  }
  return static_cast<std::size_t>(size);
}

}  // namespace

Mapping::Mapping(Mapping&& other) noexcept
    : address_(std::exchange(other.address_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(address_, other.address_);
  std::swap(size_, other.size_);
  return *this;
}

Mapping::~Mapping() {
  if (address_ != nullptr) munmap(address_, size_);
}

MappedFile::MappedFile(const std::string& path, Reading reading) {
  const OpenFile file(path);
  const std::size_t size = mappable_size(path, file.descriptor());
  void* address = map_aligned(size, PROT_READ, MAP_SHARED, file.descriptor());
  if (address == MAP_FAILED) throw system_failure(path, "cannot be mapped", errno);
  mapping_ = Mapping(address, size);
  if (reading == Reading::once) return;
  advise_huge_pages(address, size);
  // A hint: every token reads every weight, so the pages can be loaded now.
  madvise(address, size, MADV_WILLNEED);
}

void MappedFile::forget_pages() const noexcept {
  const std::span<std::byte> bytes = mapping_.bytes();
  madvise(bytes.data(), bytes.size(), MADV_DONTNEED);
}

Mapping map_session_memory(std::uint64_t bytes) {
  const std::string subject = "a session of " + with_commas(bytes) + " bytes";
  if (bytes > std::numeric_limits<std::size_t>::max() / 2) {
    throw Failure(subject + " is too large for this machine's address space; lower --context");
  }
  const auto size = static_cast<std::size_t>(bytes);
  void* address = map_aligned(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  if (address == MAP_FAILED) {
    throw Failure(subject + " does not fit into this machine's memory (" +
                  std::generic_category().message(errno) + "); lower --context");
  }
  // Only whole huge pages inside the mapping, so that resident memory stays as planned.
  advise_huge_pages(address, size);
  return {address, size};
}

}  // namespace ringlet::port
