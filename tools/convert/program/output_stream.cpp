#include "output_stream.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "source/errors.hpp"
#include "write/file_writer.hpp"

namespace ringlet::convert {
namespace {

constexpr std::array<int, 3> fatal_signals{SIGINT, SIGTERM, SIGHUP};

/// Blocks fatal signals, so that the handler never sees a partly constructed file.
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
  common::remove_unfinished_files();
  (void)::signal(signal, SIG_DFL);
  (void)::raise(signal);
}

void install_handler() {
  struct sigaction action {};
  action.sa_handler = remove_and_die;
  sigemptyset(&action.sa_mask);
  for (const int signal : fatal_signals) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);  // ignored under nohup
  }
}

}  // namespace

OutputStream::OutputStream(const std::filesystem::path& target) : target_(target) {
  {
    const SignalBlock block;
    output_.emplace(target.string(), common::OutputFile::Options{.takes_streams = false});
    install_handler();
  }
  open_stream();
}

OutputStream::~OutputStream() {
  const SignalBlock block;
  output_.reset();
}

void OutputStream::open_stream() {
  open_for_writing(stream_, temporary_path());
  if (!stream_) fail(target_.string(), " cannot be written: ", std::strerror(errno));
}

void OutputStream::restart() {
  if (stream_.is_open()) close();
  open_stream();
}

void OutputStream::close() { close_written(stream_, target_.string()); }

void OutputStream::commit() {
  const SignalBlock block;
  output_->commit();
}

}  // namespace ringlet::convert
