#include "mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>

#include "errors.hpp"
#include "foreign_file.hpp"
#include "retry.hpp"

namespace ringlet::convert {
namespace {

/// Closes a descriptor at the end of a scope: a mapping does not need it any more.
struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path, std::size_t files)
    : most_kept_((std::size_t{64} << 20) / files) {
  const std::string name = path.string();
  // Not to wait for a writer, should the path be a pipe.
  const Descriptor file{
      port::retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); })};
  struct stat status {};
  if (file.value < 0 || ::fstat(file.value, &status) != 0) {
    fail(name, " cannot be opened: ", std::strerror(errno));
  }
  if (S_ISDIR(status.st_mode)) fail(name, " is a directory; a file is needed");
  if (!S_ISREG(status.st_mode)) fail(name, " is not a regular file");
  if (status.st_size == 0) fail(name, " is empty");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > std::numeric_limits<std::size_t>::max()) {
    fail(name, " is too large for the address space of this machine");
  }
  void* start =
      ::mmap(nullptr, static_cast<std::size_t>(size), PROT_READ, MAP_PRIVATE, file.value, 0);
  if (start == MAP_FAILED) fail(name, " cannot be mapped: ", std::strerror(errno));
  bytes_ = {static_cast<const std::byte*>(start), static_cast<std::size_t>(size)};
  if (const std::optional<std::string> pointer = describe_pointer(bytes_)) {
    ::munmap(start, bytes_.size());
    fail(name, " ", *pointer);
  }
}

MappedFile::~MappedFile() { ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size()); }

void MappedFile::note_read(std::size_t bytes) const {
  read_ += bytes;
  if (read_ < most_kept_) return;
  read_ = 0;
  ::madvise(const_cast<std::byte*>(bytes_.data()), bytes_.size(), MADV_DONTNEED);
}

}  // namespace ringlet::convert
