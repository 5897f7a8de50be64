// What a run of the program did, and why it ended.
#pragma once

#include <cstdint>
#include <optional>

#include "common/progress_bar.hpp"
#include "latency_histogram.hpp"
#include "ringlet/session.hpp"
#include "ringlet/status.hpp"

namespace ringlet::cli {

/// Why a text ended.
enum class Ending : std::uint8_t {
  limit,         // the requested number of tokens
  end_of_text,   // the model ended it
  stop_string,   // a stop string occurred
  interrupted,   // a signal arrived
  output_error,  // writing to standard output failed; `output_error` is its errno
  failed,        // the library returned `status`
};

/// The outcome of a run, in constant memory.
struct RunReport {
  Ending ending = Ending::limit;
  Status status;
  std::optional<NotFinite> not_finite;  // the place, if the code is not_finite
  int output_error = 0;
  bool prompt_complete = false;  // the whole prompt is in the session
  std::uint64_t prompt_tokens = 0;
  std::uint64_t prompt_nanoseconds = 0;
  std::uint64_t generated_tokens = 0;
  // From the start of the prompt to the text of the first token.
  std::uint64_t first_token_nanoseconds = 0;
  std::uint64_t generation_nanoseconds = 0;  // from the text of the first token to that of the last
  // From the text of each token to that of the next. Tokens of one pass share its time evenly.
  port::LatencyHistogram latencies;

  /// Counts the time of tokens after the first.
  void count(std::uint64_t tokens, std::uint64_t nanoseconds) noexcept;

  /// Adds this run to those of earlier requests; it ends them as it ended.
  void add_to(RunReport& total) const noexcept;

  /// Records why the run of `session` ended. Returns false, as the step that ends it does.
  bool stop(const Session& session, Ending why, const Status& error = {}) noexcept;

  /// Ends the run if writing to standard output failed, with errno. If the terminal has gone, that
  /// is an interruption: what the session holds still counts. Returns `written`.
  bool check_write(const Session& session, bool written) noexcept;
};

/// Shows the progress of a prefill, and stops it after the current chunk if a signal arrives.
class PrefillWatch {
 public:
  explicit PrefillWatch(bool shown) : bar_("prefill", shown) {}

  /// For one prefill, while this object exists.
  [[nodiscard]] Progress progress() noexcept { return {&report, this}; }

 private:
  static bool report(void* user_data, std::uint64_t done, std::uint64_t of) noexcept;

  common::ProgressBar bar_;
};

}  // namespace ringlet::cli
