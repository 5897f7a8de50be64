// From a prompt to generated text. Only the constructor allocates; everything else uses memory that
// exists before the first token.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "common/stop_strings.hpp"
#include "continuation.hpp"
#include "drafting.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/tuner.hpp"
#include "ringlet/linux/weights.hpp"
#include "ringlet/prompt.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "ringlet/status.hpp"
#include "ringlet/tokenizer.hpp"
#include "run_report.hpp"

namespace ringlet::cli {

/// No limit on the number of tokens.
inline constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

struct GenerationOptions {
  std::string_view prompt;
  std::uint64_t limit = 0;          // tokens to generate
  bool echo = true;                 // write the prompt before the completion
  bool highlight = false;           // write the prompt in bold
  bool ignore_end = false;          // continue after the model ends a text
  std::uint64_t stats_seconds = 0;  // seconds between lines of statistics, at line ends; 0: none
  bool dim_stats = false;           // print statistics in a subdued color
  bool progress = false;
  bool special = false;        // control tokens spelled in the prompt are tokens
  std::string_view literal{};  // the part of the prompt that is never read as added tokens
  common::StopStrings stop;
  bool keep = false;  // the session will be continued, so append the last token too
  const port::WeightsCopy* weights = nullptr;  // ends the run if it finds the file damaged
  Answer* answer = nullptr;     // what restricts the text; its begin() has been called
  std::string* text = nullptr;  // takes the completion in place of standard output
};

/// One run: prefills the prompt, then writes text to standard output as it is decoded. If the
/// session already contains tokens, the prompt continues them, without a begin-of-text token.
class Generation {
 public:
  /// The references must outlive the object.
  Generation(Session& session, const Tokenizer& tokenizer, Sampler& sampler,
             const GenerationOptions& options, const port::Tuner& tuner, Drafting& drafting);

  /// Runs to the end. Call it once. The text always ends with a newline.
  const RunReport& run() noexcept;

  /// The tuner as the run left it, for the next one.
  [[nodiscard]] const port::Tuner& tuner() const noexcept { return continuation_.tuner(); }

 private:
  bool prefill() noexcept;
  bool echo_prompt() noexcept;
  void generate() noexcept;
  bool take(TokenId token) noexcept;
  bool emit(TokenId token) noexcept;
  bool show(std::string_view text) noexcept;
  bool end_text() noexcept;
  bool write(std::string_view text) noexcept;
  void show_statistics(std::uint64_t now) noexcept;
  bool stop(Ending ending, const Status& status = {}) noexcept;
  [[nodiscard]] bool weights_are(port::WeightsCopy::State state) const noexcept;

  Session& session_;
  const Tokenizer& tokenizer_;
  Sampler& sampler_;
  GenerationOptions options_;  // includes the state of the stop strings
  Drafting& drafting_;
  Detokenizer detokenizer_;
  std::vector<TokenId> tokens_;  // buffer for the tokens of the prompt
  std::uint64_t started_ = 0;
  std::uint64_t shown_at_ = 0;  // time and token count of the last statistics
  std::uint64_t shown_tokens_ = 0;
  std::uint64_t ram_ = 0;
  bool at_line_end_ = true;
  RunReport report_;
  Continuation continuation_;
};

/// The exception for a run that failed.
[[nodiscard]] port::Failure failure_of(const std::string& model, const RunReport& report);

}  // namespace ringlet::cli
