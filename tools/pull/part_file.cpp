#include "pull/part_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>

#include "common/errors.hpp"
#include "retry.hpp"
#include "terminal.hpp"

namespace ringlet::pull {

PartFile::PartFile(std::string path, std::uint64_t most) : path_(std::move(path)), most_(most) {
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_APPEND;
  file_ = port::Descriptor(port::retry([&] { return open(path_.c_str(), flags, 0600); }));
  struct stat info {};
  if (file_.number() < 0 || fstat(file_.number(), &info) != 0) {
    throw port::system_failure(path_, "cannot be written", errno);
  }
  size_ = static_cast<std::uint64_t>(info.st_size);
  if (size_ > most_) restart();
}

void PartFile::append(std::string_view piece) {
  if (!port::write_all(file_.number(), piece)) {
    throw port::system_failure(path_, "cannot be written", errno);
  }
  size_ += piece.size();
  if (hasher_) hasher_->update(piece);
}

void PartFile::restart() {
  if (port::retry([this] { return ftruncate(file_.number(), 0); }) != 0) {
    throw port::system_failure(path_, "cannot be shortened", errno);
  }
  size_ = 0;
  (void)unlink(etag_path().c_str());
  if (hasher_) hasher_.emplace(kind_, most_);
}

void PartFile::start_hashing(ChecksumKind kind, std::uint64_t bytes,
                             const std::function<void(std::uint64_t)>& read) {
  kind_ = kind;
  hasher_.emplace(kind, bytes);
  std::array<char, 1 << 16> block;
  for (std::uint64_t at = 0; at < size_;) {
    const ssize_t count = port::retry(
        [&] { return pread(file_.number(), block.data(), block.size(), static_cast<off_t>(at)); });
    if (count <= 0) throw port::system_failure(path_, "cannot be read", count < 0 ? errno : EIO);
    hasher_->update({block.data(), static_cast<std::size_t>(count)});
    at += static_cast<std::uint64_t>(count);
    read(at);
  }
}

std::string PartFile::digits() { return hasher_->finish(); }

std::string PartFile::etag() const {
  std::ifstream file(etag_path());
  std::string line;
  constexpr std::size_t longest = 500;
  for (char c = 0; line.size() < longest && file.get(c) && c > ' ' && c <= '~';) line += c;
  return line;
}

void PartFile::set_etag(const std::string& etag) {
  // A weak one ("W/…") does not promise equal bytes, so nothing can be continued with it.
  const bool is_strong = etag.starts_with('"') && etag.find_first_of("\r\n") == std::string::npos;
  std::ofstream(etag_path(), std::ios::trunc) << (is_strong ? etag : std::string());
}

void PartFile::rename_to(const std::string& path) {
  if (std::rename(path_.c_str(), path.c_str()) != 0) {
    throw port::system_failure(path, "cannot be written", errno);
  }
  (void)unlink(etag_path().c_str());
}

}  // namespace ringlet::pull
