#include "run_report.hpp"

#include <cerrno>

#include "terminal.hpp"

namespace ringlet::cli {

void RunReport::count(std::uint64_t tokens, std::uint64_t nanoseconds) noexcept {
  if (tokens == 0) return;
  for (std::uint64_t i = 0; i < tokens; ++i) latencies.add(nanoseconds / tokens);
  generation_nanoseconds += nanoseconds;
}

void RunReport::add_to(RunReport& total) const noexcept {
  if (total.generated_tokens == 0) total.first_token_nanoseconds = first_token_nanoseconds;
  total.ending = ending;
  total.status = status;
  total.not_finite = not_finite;
  total.output_error = output_error;
  total.prompt_complete = prompt_complete;
  total.prompt_tokens += prompt_tokens;
  total.prompt_nanoseconds += prompt_nanoseconds;
  total.generated_tokens += generated_tokens;
  total.generation_nanoseconds += generation_nanoseconds;
  total.latencies.add(latencies);
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
