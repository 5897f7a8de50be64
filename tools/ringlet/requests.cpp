#include "requests.hpp"

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

bool may_go_on(const RunReport& report) {
  return report.ending == Ending::limit || report.ending == Ending::end_of_text ||
         report.ending == Ending::stop_string;
}

}  // namespace

std::string request_form(std::string form) {
  if (form.empty()) return std::string(line_mark);
  if (form.find(line_mark) == std::string::npos) {
    throw UsageError("--each-line: the prompt is the form of a request and needs {} for the line");
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
  generate(prompt, prompt);
  return report_;
}

const RunReport& Requests::answer_lines(const std::string& path,
                                        std::span<const std::byte> snapshot) {
  std::ifstream file;
  if (path != "-") {
    file.open(path);
    if (!file) throw port::Failure(path + ": cannot be read");
  }
  std::istream& lines = path == "-" ? std::cin : file;
  StartPoint start(session_, sampler_, drafting_, snapshot);
  const std::string form(generation_.prompt);
  RunReport total;
  bool first = true;
  for (std::string line; std::getline(lines, line) && may_go_on(total);) {
    if (line.empty()) {
      print("\n");
      continue;
    }
    if (!first) start.restore();
    first = false;
    std::string prompt = form;
    prompt.replace(prompt.find(line_mark), line_mark.size(), line);
    generate(prompt, line);
    report_.add_to(total);
  }
  report_ = total;
  return report_;
}

void Requests::generate(const std::string& prompt, std::string_view request) {
  if (generation_.answer != nullptr) {
    generation_.answer->begin(request, session_.position() == 0 && prompt.empty());
  }
  std::string text;
  GenerationOptions options = generation_;
  options.prompt = prompt;
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
