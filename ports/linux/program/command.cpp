#include "command.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "failure.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

using port::Failure;
using port::system_failure;

/// Removes a temporary file unless it was renamed away.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& target) : path_(target + ".XXXXXX") {
    descriptor_ = mkstemp(path_.data());
    if (descriptor_ < 0) throw system_failure(target, "cannot be written", errno);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ >= 0) close(descriptor_);
    if (!path_.empty()) unlink(path_.c_str());
  }

  void write(std::string_view content) const {
    // mkstemp makes a private file; a result is as readable as any other new file.
    const mode_t mask = umask(0);
    umask(mask);
    if (!port::write_all(descriptor_, content) || fchmod(descriptor_, 0666 & ~mask) != 0 ||
        fsync(descriptor_) != 0) {
      throw system_failure(path_, "cannot be written", errno);
    }
  }
  void rename_to(const std::string& target) {
    if (std::rename(path_.c_str(), target.c_str()) != 0) {
      throw system_failure(target, "cannot be replaced", errno);
    }
    path_.clear();
    // The new name has to reach the disk too. Not every file system does this for a folder, and the
    // file is whole either way.
    const std::size_t slash = target.rfind('/');
    const std::string folder =
        slash == std::string::npos ? "." : target.substr(0, std::max<std::size_t>(slash, 1));
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    [[maybe_unused]] const int synchronized = fsync(descriptor);
    close(descriptor);
  }

 private:
  std::string path_;
  int descriptor_;
};

}  // namespace

void print(std::string_view text) {
  if (!port::write_all(STDOUT_FILENO, text)) throw_output_error(errno);
}

void throw_output_error(int error) {
  if (error == EPIPE) throw OutputClosed();
  throw system_failure("standard output", "cannot be written", error);
}

void write_file(const std::string& path, std::string_view content) {
  TemporaryFile file(path);
  file.write(content);
  file.rename_to(path);
}

std::string read_text(const std::string& path) {
  const bool standard_input = path == "-";
  const int descriptor = standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const std::string name = standard_input ? "standard input" : path;
  if (descriptor < 0) {
    if (errno == ENOENT) throw Failure(name + ": does not exist");
    throw system_failure(name, "cannot be opened", errno);
  }
  std::string text;
  std::array<char, 16384> block;
  ssize_t count = 0;
  while ((count = read(descriptor, block.data(), block.size())) != 0) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    text.append(block.data(), static_cast<std::size_t>(count));
  }
  const int error = errno;
  if (!standard_input) close(descriptor);
  if (count < 0) throw system_failure(name, "cannot be read", error);
  return text;
}

void drop_final_newline(std::string& text) {
  if (!text.empty() && text.back() == '\n') text.pop_back();
  if (!text.empty() && text.back() == '\r') text.pop_back();
}

}  // namespace ringlet::cli
