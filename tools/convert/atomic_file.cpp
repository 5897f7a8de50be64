#include "atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "errors.hpp"

namespace ringlet::convert {
namespace {

constexpr std::array<int, 3> fatal_signals{SIGINT, SIGTERM, SIGHUP};

/// What the signal handler removes; a plain array because a handler may not use anything else.
std::array<char, 4096> doomed_path{};

/// Keeps fatal signals waiting, so that the handler never sees a path half-written.
class SignalBlock {
 public:
  SignalBlock() {
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int signal : fatal_signals) sigaddset(&blocked, signal);
    sigprocmask(SIG_BLOCK, &blocked, &before_);
  }
  ~SignalBlock() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  SignalBlock(const SignalBlock&) = delete;
  SignalBlock& operator=(const SignalBlock&) = delete;

 private:
  sigset_t before_{};
};

void remove_and_die(int signal) {
  if (doomed_path[0] != '\0') ::unlink(doomed_path.data());
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void install_handler() {
  struct sigaction action {};
  action.sa_handler = remove_and_die;
  sigemptyset(&action.sa_mask);
  for (const int signal : fatal_signals) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);  // under nohup
  }
}

/// The permissions that an ordinarily created file would have.
mode_t default_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

std::string reason() { return std::strerror(errno); }

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
  std::error_code error;
  const auto status = std::filesystem::status(target_, error);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    fail(target_.string(), " cannot be written: it exists and is not a regular file");
  }
  create();
  stream_.open(temporary_, std::ios::binary | std::ios::out | std::ios::trunc);
  if (!stream_) fail(target_.string(), " cannot be written: ", reason());
}

void AtomicFile::create() {
  std::filesystem::path hidden(".");
  hidden += target_.filename();
  hidden += ".XXXXXX";
  temporary_ = (target_.parent_path() / hidden).string();
  if (temporary_.size() >= doomed_path.size()) fail(target_.string(), " has too long a name");
  const SignalBlock block;
  descriptor_ = ::mkstemp(temporary_.data());
  if (descriptor_ < 0) fail(target_.string(), " cannot be created: ", reason());
  std::copy_n(temporary_.c_str(), temporary_.size() + 1, doomed_path.begin());
  install_handler();
  if (::fchmod(descriptor_, default_mode()) != 0)
    fail(target_.string(), " cannot be created: ", reason());
}

AtomicFile::~AtomicFile() {
  const SignalBlock block;
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  doomed_path[0] = '\0';
}

void AtomicFile::close() {
  errno = 0;
  stream_.close();
  if (!stream_ || ::fsync(descriptor_) != 0) {
    fail(target_.string(), " could not be written: ", errno != 0 ? reason() : "unknown reason");
  }
}

void AtomicFile::commit() {
  const SignalBlock block;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    fail(target_.string(), " could not be given its name: ", reason());
  }
  temporary_.clear();
  doomed_path[0] = '\0';
  // The name itself becomes durable with the folder; a file system that cannot do that is no error.
  const std::filesystem::path folder = target_.has_parent_path() ? target_.parent_path() : ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace ringlet::convert
