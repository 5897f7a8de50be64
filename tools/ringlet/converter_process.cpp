#include "converter_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include "retry.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/files.hpp"
#include "terminal.hpp"

extern char** environ;

namespace ringlet::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_captured = std::size_t{1} << 16;

/// Both ends of a pipe.
struct Pipe {
  port::Descriptor read;
  port::Descriptor write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw port::system_failure("a pipe", "cannot be made", errno);
  }
  return {port::Descriptor(ends[0]), port::Descriptor(ends[1])};
}

pid_t spawn(const std::string& program, const std::vector<std::string>& arguments, int errors) {
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // Its standard output has nothing to say, and this program's may be a pipe with a reader.
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (errors >= 0) posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  pid_t child = 0;
  const int error =
      posix_spawn(&child, program.c_str(), &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw port::system_failure(program, "cannot be started", error);
  return child;
}

/// Reads until the other end is closed. Keeps the beginning.
std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> block;
  for (;;) {
    const ssize_t count = port::retry([&] { return read(descriptor, block.data(), block.size()); });
    if (count <= 0) return text;
    if (text.size() < most_captured) text.append(block.data(), static_cast<std::size_t>(count));
  }
}

int wait_for(pid_t child) {
  int status = 0;
  bool passed_on = false;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw port::system_failure("ringlet-convert", "is lost", errno);
    const int signal = port::InterruptWatch::signal();
    // On a terminal Ctrl-C has reached it already; a second one does no harm.
    if (signal != 0 && !passed_on) passed_on = kill(child, signal) == 0;
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::string converter_path() {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  const fs::path path = folder / "ringlet-convert";
  if (!error && access(path.c_str(), X_OK) == 0) return path.string();
  throw port::Failure("ringlet-convert is not beside this program in " + folder.string() +
                      "; build or install it there");
}

ConverterResult run_converter(const std::vector<std::string>& arguments, bool capture_errors) {
  const std::string program = converter_path();
  if (!capture_errors) return {wait_for(spawn(program, arguments, -1)), {}};
  Pipe pipe = make_pipe();
  const pid_t child = spawn(program, arguments, pipe.write.number());
  pipe.write = port::Descriptor();
  std::string errors = read_all(pipe.read.number());
  return {wait_for(child), std::move(errors)};
}

}  // namespace ringlet::cli
