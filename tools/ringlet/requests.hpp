// Answers of `ringlet run`: one that is written as it comes, or answers that are held until they
// are whole, one for each line of an input.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "generation.hpp"

namespace ringlet::cli {

/// The exit status if an answer was refused.
inline constexpr int exit_refused = 3;

/// What the answers are printed as.
struct RequestOptions {
  bool each_line = false;
  bool json = false;
  std::optional<float> least_confidence;
  bool quiet = false;

  /// Whether answers are printed when they are whole, not as they come.
  [[nodiscard]] bool hold_answers() const {
    return each_line || json || least_confidence.has_value();
  }
};

/// The form of a request with --each-line: {} stands for the line. An empty one is {}. Throws
/// UsageError if {} is missing, or if it comes several times though the line is literal text within
/// control tokens (`special`).
[[nodiscard]] std::string request_form(std::string form, bool special);

class Requests {
 public:
  /// `generation` has the form of a request as its prompt. The references must outlive the object.
  Requests(Session& session, const Tokenizer& tokenizer, Sampler& sampler, Drafting& drafting,
           const port::Tuner& tuner, const GenerationOptions& generation,
           const RequestOptions& options);

  /// Answers one prompt. Throws Failure.
  const RunReport& answer(const std::string& prompt);

  /// Answers each line of a file, or of standard input if it is "-", each from the present state,
  /// and prints a line for each; an empty one for an empty line. `snapshot` is the file that the
  /// session was restored from, or empty. Ends early if an answer ends by a signal or an error.
  /// Throws Failure.
  const RunReport& answer_lines(const std::string& path, std::span<const std::byte> snapshot);

  /// exit_success, or exit_refused if an answer was refused. Throws Failure if -n has cut one off.
  [[nodiscard]] int status() const;

 private:
  void begin(std::string_view request, bool beginning);
  void generate(const std::string& prompt, std::string_view literal);
  void print_held(std::string text);

  Session& session_;
  const Tokenizer& tokenizer_;
  Sampler& sampler_;
  Drafting& drafting_;
  port::Tuner tuner_;
  GenerationOptions generation_;
  RequestOptions options_;
  RunReport report_;
  bool refused_ = false;
  std::uint64_t incomplete_ = 0;
};

}  // namespace ringlet::cli
