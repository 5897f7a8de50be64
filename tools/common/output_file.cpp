#include "common/output_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <utility>

#include "retry.hpp"
#include "ringlet/linux/failure.hpp"
#include "terminal.hpp"

namespace ringlet::common {
namespace {

/// The files with temporary files, newest first.
OutputFile* first_unfinished = nullptr;

constexpr int most_links = 40;  // the limit of the kernel

/// The folder of a path, including the final slash; empty for a bare name.
std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// Names there belong to the system: /dev/stdout leads to one of them.
bool is_of_the_system(const std::string& path) { return path.starts_with("/proc/"); }

/// Resolves symbolic links from `path`, even if the target does not exist. Throws Failure for
/// cycles.
std::string follow_links(const std::string& path) {
  std::string current = path;
  for (int i = 0; i < most_links && !is_of_the_system(current); ++i) {
    std::array<char, PATH_MAX> link;
    const ssize_t length = readlink(current.c_str(), link.data(), link.size());
    if (length < 0) return current;
    const std::string_view to(link.data(), static_cast<std::size_t>(length));
    current = to.starts_with('/') ? "" : folder_of(current);
    current += to;
  }
  if (is_of_the_system(current)) return current;
  throw port::Failure(path + ": has too many symbolic links");
}

mode_t mask_of_new_files() {
  const mode_t mask = umask(0);
  umask(mask);
  return mask;
}

bool is_same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

void sync_folder_of(const std::string& path) {
  // Not every file system supports this for a folder, and the file is complete either way.
  const std::string folder = folder_of(path);
  const int descriptor = port::retry([&] {
    return open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  });
  if (descriptor < 0) return;
  [[maybe_unused]] const int synchronized = port::retry([&] { return fsync(descriptor); });
  close(descriptor);
}

}  // namespace

OutputFile::OutputFile(std::string target, Options options) : target_(std::move(target)) {
  path_ = follow_links(target_);
  struct stat info {};
  const bool exists = stat(path_.c_str(), &info) == 0;
  if (!exists && errno != ENOENT) fail("cannot be written", errno);
  if (exists && S_ISDIR(info.st_mode)) throw port::Failure(target_ + ": is a folder; name a file");
  if (is_of_the_system(path_) || (exists && !S_ISREG(info.st_mode))) {
    open_stream(options);
    return;
  }
  if (name_of(path_).empty()) throw port::Failure(target_ + ": is not a file name");
  lock_temporary();
  try {
    if (port::retry([&] { return ftruncate(descriptor_, 0); }) != 0)
      fail("cannot be written", errno);
    examine_target(options);
  } catch (...) {
    delist();
    unlink(temporary_.c_str());
    close(descriptor_);
    throw;
  }
}

OutputFile::~OutputFile() {
  // While it is still locked, so that a process waiting for the name sees that it is gone.
  if (!temporary_.empty()) {
    delist();
    unlink(temporary_.c_str());
  }
  if (descriptor_ >= 0) close(descriptor_);
}

void OutputFile::open_stream(Options options) {
  if (!options.takes_streams) {
    throw port::Failure(target_ + ": cannot be written: it exists and is not a regular file");
  }
  descriptor_ = port::retry([&] { return open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY); });
  if (descriptor_ < 0) fail("cannot be written", errno);
}

/// Opens and locks the temporary file. In between, the process that held it may have renamed or
/// removed it, so that another file has the name.
void OutputFile::lock_temporary() {
  temporary_ = folder_of(path_) + "." + name_of(path_) + ".writing";
  while (true) {
    descriptor_ = port::retry([&] {
      return open(temporary_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                  S_IRUSR | S_IWUSR);
    });
    if (descriptor_ < 0) {
      const int error = errno;
      if (error == EISDIR || error == ELOOP) fail_in_the_way();
      temporary_.clear();
      fail("cannot be written", error);
    }
    const bool locked = flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
    // On a file system without locks, the rename still works.
    if (!locked && errno == EWOULDBLOCK) {
      close(std::exchange(descriptor_, -1));
      temporary_.clear();
      throw port::Failure(target_ +
                          ": is in use by another process; wait until that ends, or choose " +
                          "another file");
    }
    struct stat opened {
    }, named{};
    const bool examined =
        fstat(descriptor_, &opened) == 0 && lstat(temporary_.c_str(), &named) == 0;
    if (!examined && errno != ENOENT) {
      const int error = errno;
      close(std::exchange(descriptor_, -1));
      temporary_.clear();
      fail("cannot be written", error);
    }
    if (examined && is_same_file(opened, named)) {
      if (S_ISREG(opened.st_mode) && opened.st_nlink == 1 && opened.st_uid == geteuid()) {
        enlist();
        return;
      }
      close(std::exchange(descriptor_, -1));
      fail_in_the_way();
    }
    close(std::exchange(descriptor_, -1));
  }
}

/// After locking, because the process that held the lock may have replaced the target.
void OutputFile::examine_target(Options options) {
  struct stat info {};
  if (stat(path_.c_str(), &info) != 0) {
    if (errno != ENOENT) fail("cannot be replaced", errno);
    mode_ = options.is_private ? S_IRUSR | S_IWUSR : 0666 & ~mask_of_new_files();
    return;
  }
  // The superuser can write everything, but a file without any write permission is protected on
  // purpose.
  const bool writable = (info.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) != 0 &&
                        faccessat(AT_FDCWD, path_.c_str(), W_OK, AT_EACCESS) == 0;
  if (!writable) {
    throw port::Failure(target_ + ": is read-only; choose another name or allow writing it");
  }
  mode_ = info.st_mode & 07777U;
  struct stat own {};
  if (fstat(descriptor_, &own) != 0) fail("cannot be written", errno);
  const bool changes_owner = own.st_uid != info.st_uid || own.st_gid != info.st_gid;
  if (changes_owner && fchown(descriptor_, info.st_uid, info.st_gid) != 0) {
    fail("cannot be replaced by a file of the same owner", errno);
  }
}

void OutputFile::write(std::string_view content) {
  if (!port::write_all(descriptor_, content)) fail("cannot be written", errno);
}

void OutputFile::commit() {
  if (!temporary_.empty()) {
    if (fchmod(descriptor_, mode_) != 0) fail("cannot be written", errno);
    if (port::retry([&] { return fsync(descriptor_); }) != 0) fail("cannot be written", errno);
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot be replaced", errno);
    delist();
    temporary_.clear();
    sync_folder_of(path_);
  }
  // A full disk on a network may be reported only here.
  if (!port::close_descriptor(std::exchange(descriptor_, -1)))
    fail("may not have been written", errno);
}

/// Something else has the name of the temporary file.
void OutputFile::fail_in_the_way() {
  const std::string name = std::exchange(temporary_, "");
  throw port::Failure(target_ + ": cannot be written, because " + name +
                      " is in the way; remove it");
}

void OutputFile::fail(const std::string& what, int error) const {
  throw port::system_failure(target_, what, error);
}

void OutputFile::enlist() noexcept { next_ = std::exchange(first_unfinished, this); }

void OutputFile::delist() noexcept {
  OutputFile** place = &first_unfinished;
  while (*place != this) place = &(*place)->next_;
  *place = next_;
}

void remove_unfinished_files() noexcept {
  for (const OutputFile* file = first_unfinished; file != nullptr; file = file->next_) {
    unlink(file->temporary_.c_str());
  }
}

void write_file(const std::string& path, std::string_view content) {
  OutputFile file(path);
  file.write(content);
  file.commit();
}

}  // namespace ringlet::common
