#include "command.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "common/visible_text.hpp"
#include "retry.hpp"
#include "ringlet/linux/failure.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

using port::Failure;
using port::system_failure;

}  // namespace

void print(std::string_view text) {
  if (!common::write_visible(STDOUT_FILENO, text)) throw_output_error(errno);
}

void throw_output_error(int error) {
  if (error == EPIPE) throw OutputClosed();
  throw system_failure("standard output", "cannot be written", error);
}

std::string name_of_input(const std::string& path) { return path == "-" ? "standard input" : path; }

std::string read_text(const std::string& path) {
  const bool standard_input = path == "-";
  const int descriptor =
      standard_input ? STDIN_FILENO
                     : port::retry([&] { return open(path.c_str(), O_RDONLY | O_CLOEXEC); });
  const std::string name = name_of_input(path);
  if (descriptor < 0) {
    if (errno == ENOENT) throw Failure(name + ": does not exist");
    throw system_failure(name, "cannot be opened", errno);
  }
  struct stat info {};
  if (fstat(descriptor, &info) == 0 && S_ISDIR(info.st_mode)) {
    if (!standard_input) close(descriptor);
    throw Failure(name + ": is a folder; name a file");
  }
  std::string text;
  std::array<char, 16384> block;
  ssize_t count = 0;
  while ((count = port::read_some(descriptor, block)) > 0) {
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
