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

#include "huge_pages.hpp"
#include "retry.hpp"
#include "ringlet/linux/failure.hpp"
#include "with_commas.hpp"

namespace ringlet::port {
namespace {

Descriptor open_file(const std::string& path) {
  // Without O_NONBLOCK, opening a named pipe by mistake would wait for a writer.
  Descriptor file(retry([&] { return open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
  if (file.number() >= 0) return file;
  if (errno == ENOENT) throw Failure(path + ": does not exist");
  throw system_failure(path, "cannot be opened", errno);
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

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

MappedFile::MappedFile(const std::string& path, Reading reading) : file_(open_file(path)) {
  const std::size_t size = mappable_size(path, descriptor());
  void* address = map_aligned(size, PROT_READ, MAP_SHARED, descriptor());
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
