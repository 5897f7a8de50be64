#include "requests.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "answer_report.hpp"
#include "command.hpp"
#include "ringlet/linux/failure.hpp"
#include "start_point.hpp"

namespace ringlet::cli {
namespace {

constexpr std::string_view line_mark = "{}";

/// The request of a line: {} of the form stands for it, as often as it comes.
std::string request_of(const std::string& form, std::string_view line) {
  std::string request;
  std::size_t done = 0;
  for (std::size_t at; (at = form.find(line_mark, done)) != std::string::npos;) {
    request.append(form, done, at - done).append(line);
    done = at + line_mark.size();
  }
  return request.append(form, done);
}

/// Reads lines that end with LF or CRLF; the last can lack its end.
class Lines {
 public:
  explicit Lines(const std::string& path) : name_(path == "-" ? "standard input" : path) {
    std::error_code error;
    const std::filesystem::path file = path == "-" ? "/dev/stdin" : path;
    if (std::filesystem::is_directory(file, error)) {
      throw port::Failure(name_ + ": is a folder; name a file");
    }
    if (path == "-") return;
    file_.open(path);
    if (!file_) throw port::Failure(path + ": cannot be read");
    in_ = &file_;
  }

  /// False at the end. Throws Failure if the file cannot be read to its end.
  bool next(std::string& line) {
    if (!std::getline(*in_, line)) {
      if (in_->bad() || (in_ == &std::cin && std::ferror(stdin) != 0)) {
        throw port::Failure(name_ + ": cannot be read");
      }
      return false;
    }
    if (line.ends_with('\r')) line.pop_back();
    ++number_;
    return true;
  }

  /// The line that was read last, for messages.
  [[nodiscard]] std::string place() const { return name_ + ", line " + std::to_string(number_); }

 private:
  std::string name_;
  std::ifstream file_;
  std::istream* in_ = &std::cin;
  std::uint64_t number_ = 0;
};

bool may_go_on(const RunReport& report) {
  return report.ending == Ending::limit || report.ending == Ending::end_of_text ||
         report.ending == Ending::stop_string;
}

}  // namespace

std::string request_form(std::string form, bool special) {
  if (form.empty()) return std::string(line_mark);
  const std::size_t first = form.find(line_mark);
  if (first == std::string::npos) {
    throw UsageError("--each-line: the prompt is the form of a request and needs {} for the line");
  }
  if (special && form.find(line_mark, first + 1) != std::string::npos) {
    throw UsageError("--each-line: with --special the form of a request has {} once");
  }
  return form;
}

Requests::Requests(Session& session, const Tokenizer& tokenizer, Sampler& sampler,
                   Drafting& drafting, const port::Tuner& tuner,
                   const GenerationOptions& generation, const RequestOptions& options)
    : session_(session),
      tokenizer_(tokenizer),
      sampler_(sampler),
      drafting_(drafting),
      tuner_(tuner),
      generation_(generation),
      options_(options) {}

const RunReport& Requests::answer(const std::string& prompt) {
  begin(prompt, session_.position() == 0 && prompt.empty());
  generate(prompt, {});
  return report_;
}

const RunReport& Requests::answer_lines(const std::string& path,
                                        std::span<const std::byte> snapshot) {
  Lines lines(path);
  StartPoint start(session_, sampler_, drafting_, snapshot);
  const std::string form(generation_.prompt);
  RunReport total;
  bool first = true;
  for (std::string line; may_go_on(total) && lines.next(line);) {
    if (line.empty()) {
      print("\n");
      continue;
    }
    if (!first) start.restore();
    first = false;
    try {
      begin(line, false);
    } catch (const port::Failure& failure) {
      throw port::Failure(lines.place() + ": " + failure.what());
    }
    const std::string request = request_of(form, line);
    generate(request, std::string_view(request).substr(form.find(line_mark), line.size()));
    report_.add_to(total);
  }
  report_ = total;
  return report_;
}

void Requests::begin(std::string_view request, bool beginning) {
  if (generation_.answer != nullptr) generation_.answer->begin(request, beginning);
}

void Requests::generate(const std::string& prompt, std::string_view literal) {
  std::string text;
  GenerationOptions options = generation_;
  options.prompt = prompt;
  options.literal = literal;
  if (options_.hold_answers()) options.text = &text;
  const auto generation =
      std::make_unique<Generation>(session_, tokenizer_, sampler_, options, tuner_, drafting_);
  report_ = generation->run();
  tuner_ = generation->tuner();
  if (!may_go_on(report_)) return;
  if (options_.hold_answers()) print_held(std::move(text));
  const bool complete = generation_.answer == nullptr || generation_.answer->complete() ||
                        report_.ending == Ending::stop_string;
  if (!complete) ++incomplete_;
}

/// Prints an answer that has ended, or says why not.
void Requests::print_held(std::string text) {
  drop_final_newline(text);
  const HeldAnswer held{.text = std::move(text), .report = report_, .answer = generation_.answer};
  const bool refused = is_refused(held, options_.least_confidence);
  refused_ = refused_ || refused;
  if (options_.json) return print(answer_json(held, refused) + "\n");
  print(refused ? "\n" : held.text + "\n");
  if (refused && !options_.quiet) {
    print_note("ringlet: " + describe_refusal(held, *options_.least_confidence), false);
  }
}

int Requests::status() const {
  if (incomplete_ > 0) {
    throw port::Failure((options_.each_line ? std::to_string(incomplete_) +
                                                  (incomplete_ == 1 ? " answer is" : " answers are")
                                            : std::string("the answer is")) +
                        " not complete after " + std::to_string(generation_.limit) +
                        " tokens; allow more with -n N");
  }
  return refused_ ? exit_refused : exit_success;
}

}  // namespace ringlet::cli
