#include "common/emergency_exit.hpp"

#include <unistd.h>

#include <csignal>
#include <new>

#include "common/output_file.hpp"
#include "terminal.hpp"

namespace ringlet::common {
namespace {

std::string_view bus_error_line;
std::string_view exhausted_memory_line;

/// Skips a normal exit's steps, which may need memory or a lock of the interrupted thread.
[[noreturn]] void end_with(std::string_view line) noexcept {
  remove_unfinished_files();
  [[maybe_unused]] const bool written = port::write_all(STDERR_FILENO, line);
  _exit(1);
}

extern "C" void explain_bus_error(int) { end_with(bus_error_line); }

void explain_exhausted_memory() { end_with(exhausted_memory_line); }

}  // namespace

void report_bus_errors(std::string_view line) noexcept {
  bus_error_line = line;
  struct sigaction action {};
  action.sa_handler = explain_bus_error;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, nullptr);
}

void report_exhausted_memory(std::string_view line) noexcept {
  exhausted_memory_line = line;
  std::set_new_handler(explain_exhausted_memory);
}

}  // namespace ringlet::common
