#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/errors.hpp"
#include "pull/model_store.hpp"
#include "retry.hpp"

namespace ringlet::pull {
namespace {

/// Whether the path still leads to the open file. Whoever had the lock before may have removed it.
bool is_at(int descriptor, const std::string& path) {
  struct stat open_file {};
  struct stat named {};
  return fstat(descriptor, &open_file) == 0 && stat(path.c_str(), &named) == 0 &&
         open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

}  // namespace

ModelLock::ModelLock(const ModelStore& store, std::string_view name)
    : path_(store.folder() + "/." + std::string(name) + ".lock") {
  for (;;) {
    const int descriptor = port::retry(
        [this] { return open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600); });
    if (descriptor < 0) throw port::system_failure(path_, "cannot be created", errno);
    if (port::retry([=] { return flock(descriptor, LOCK_EX | LOCK_NB); }) != 0) {
      const int error = errno;
      (void)port::close_descriptor(descriptor);
      if (error != EWOULDBLOCK) throw port::system_failure(path_, "cannot be locked", error);
      common::fail(name, ": another process is pulling or removing this model; wait for it");
    }
    if (is_at(descriptor, path_)) {
      descriptor_ = descriptor;
      return;
    }
    (void)port::close_descriptor(descriptor);
  }
}

ModelLock::~ModelLock() {
  (void)unlink(path_.c_str());
  (void)port::close_descriptor(descriptor_);
}

}  // namespace ringlet::pull
