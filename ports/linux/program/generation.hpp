// From a prompt to a text that is still being written. Everything here works in memory that exists
// before the first token: only the constructor allocates.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "failure.hpp"
#include "latency_histogram.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "ringlet/status.hpp"
#include "ringlet/tokenizer.hpp"
#include "tuner.hpp"

namespace ringlet::cli {

/// Why a text ended.
enum class Ending : std::uint8_t {
  limit,         // as many tokens as were asked for
  end_of_text,   // the model ended it
  interrupted,   // by a signal
  output_error,  // standard output could not be written; `output_error` has errno
  failed,        // the runtime reported `status`
};

/// What a run did, in constant memory.
struct RunReport {
  Ending ending = Ending::limit;
  Status status;
  std::optional<NotFinite> not_finite;  // where, when the code is not_finite
  int output_error = 0;
  bool prompt_complete = false;  // all of the prompt is in the session
  std::uint64_t prompt_tokens = 0;
  std::uint64_t prompt_nanoseconds = 0;
  std::uint64_t generated_tokens = 0;
  std::uint64_t first_token_nanoseconds =
      0;  // from the start of the prompt to the first token's text
  std::uint64_t generation_nanoseconds = 0;  // from the first token's text to the last one's
  port::LatencyHistogram latencies;          // from each token's text to the next one's
};

struct GenerationOptions {
  std::string_view prompt;
  std::uint64_t limit = 0;          // tokens to generate
  bool echo = true;                 // write the prompt in front of the completion
  bool highlight = false;           // write the prompt in bold
  bool ignore_end = false;          // let the model go on after the end of a text
  std::uint64_t stats_seconds = 0;  // a line of statistics so often, where a line ends; 0: none
  bool dim_stats = false;           // in a colour that stays behind the text
  bool progress = false;
  bool special = false;  // control tokens written in the prompt are tokens
  bool keep = false;     // the session is to go on later, so it takes in the last token too
};

/// One run: prefills the prompt, then writes text to standard output as it is decoded. In a session
/// that holds something the prompt goes on from there: no token that begins texts comes before it.
class Generation {
 public:
  /// The references must outlive the object.
  Generation(Session& session, const Tokenizer& tokenizer, Sampler& sampler,
             const GenerationOptions& options, const port::Tuner& tuner);

  /// Runs to the end; call once. The text always ends with a newline.
  const RunReport& run() noexcept;

 private:
  bool prefill() noexcept;
  bool prefill_tokens(std::size_t count, const Progress& progress) noexcept;
  bool echo_prompt() noexcept;
  void generate() noexcept;
  bool step(TokenId token) noexcept;
  bool emit(TokenId token) noexcept;
  bool write(std::string_view text) noexcept;
  bool report_write(bool written) noexcept;
  void show_statistics(std::uint64_t now) noexcept;
  bool stop(Ending ending, const Status& status = {}) noexcept;
  [[nodiscard]] bool ends_text(TokenId token) const noexcept;

  Session& session_;
  const Tokenizer& tokenizer_;
  Sampler& sampler_;
  GenerationOptions options_;
  port::Tuner tuner_;
  Detokenizer detokenizer_;
  std::vector<TokenId> tokens_;  // the part of the prompt that is being prefilled
  std::uint64_t started_ = 0;
  std::uint64_t shown_at_ = 0;  // when statistics were shown last, and after how many tokens
  std::uint64_t shown_tokens_ = 0;
  std::uint64_t ram_ = 0;
  bool at_line_end_ = true;
  bool continues_ = false;  // the session held something before
  RunReport report_;
};

/// What a run that has failed is reported as.
[[nodiscard]] port::Failure failure_of(const std::string& model, const RunReport& report);

/// One token, and while the tuner is not settled its measurement and the next setting to try.
[[nodiscard]] Status step_and_tune(Session& session, port::Tuner& tuner, TokenId token) noexcept;

}  // namespace ringlet::cli
