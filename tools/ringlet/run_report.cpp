#include "run_report.hpp"

#include <cerrno>

#include "terminal.hpp"

namespace ringlet::cli {

void RunReport::count(std::uint64_t tokens, std::uint64_t nanoseconds) noexcept {
  if (tokens == 0) return;
  for (std::uint64_t i = 0; i < tokens; ++i) latencies.add(nanoseconds / tokens);
  generation_nanoseconds += nanoseconds;
}

bool RunReport::stop(const Session& session, Ending why, const Status& error) noexcept {
  ending = why;
  status = error;
  not_finite = session.not_finite();
  return false;
}

bool RunReport::check_write(const Session& session, bool written) noexcept {
  if (written) return true;
  output_error = errno;
  return stop(session,
              port::InterruptWatch::ends_program() ? Ending::interrupted : Ending::output_error);
}

bool PrefillWatch::report(void* user_data, std::uint64_t done, std::uint64_t of) noexcept {
  static_cast<PrefillWatch*>(user_data)->bar_.update(done, of);
  return port::InterruptWatch::signal() == 0;
}

}  // namespace ringlet::cli
