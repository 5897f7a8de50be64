#include "serve/service/written_calls.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace ringlet::serve {
namespace {

/// Copies a prompt piece by piece, with its literal spans.
class Copier {
 public:
  Copier(templates::Prompt& from, templates::Prompt& to)
      : from_(from), to_(to), span_(from.literal.begin()) {}

  void copy_to(std::size_t end) {
    for (; span_ != from_.literal.end() && span_->begin < end; ++span_) {
      to_.literal.push_back(
          {span_->begin - at_ + to_.text.size(), span_->end - at_ + to_.text.size()});
    }
    to_.text.append(from_.text, at_, end - at_);
    at_ = end;
  }
  void skip(std::size_t size) { at_ += size; }

 private:
  templates::Prompt& from_;
  templates::Prompt& to_;
  std::vector<templates::Span>::const_iterator span_;
  std::size_t at_ = 0;
};

void append_calls(templates::Prompt& prompt, const WrittenCalls& written, const CallMarks& marks,
                  const templates::ControlSpellings& control) {
  for (const std::string& call : written.calls) {
    if (written.has_marks) {
      prompt.text += marks.opening();
      append_literal(prompt, call, control);
      prompt.text += marks.closing();
    } else {
      append_literal(prompt, std::string(marks.opening()) + call + std::string(marks.closing()),
                     control);
    }
  }
}

}  // namespace

void append_literal(templates::Prompt& prompt, std::string_view text,
                    const templates::ControlSpellings& control) {
  const std::size_t begin = prompt.text.size();
  prompt.text += text;
  std::size_t end = 0;
  for (const templates::Span& span : control.find(text)) {
    if (span.begin < end) {  // they overlap
      prompt.literal.back().end = std::max(prompt.literal.back().end, begin + span.end);
    } else {
      prompt.literal.push_back({begin + span.begin, begin + span.end});
    }
    end = std::max(end, span.end);
  }
}

void put_written_calls(templates::Prompt& prompt, std::span<const WrittenCalls> written,
                       CallSyntax syntax, const templates::ControlSpellings& control) {
  if (written.empty()) return;
  templates::Prompt source = std::exchange(prompt, {});
  Copier copier(source, prompt);
  std::unordered_map<std::string_view, const WrittenCalls*> calls;
  for (const WrittenCalls& one : written) calls.emplace(one.stand_in, &one);
  for (std::size_t at = 0; at < source.text.size(); ++at) {
    if (static_cast<unsigned char>(source.text[at]) < 0xF1) continue;  // no stand-in begins here
    const std::string_view character = std::string_view(source.text).substr(at, 4);
    const auto found = calls.find(character);
    if (found == calls.end()) continue;
    copier.copy_to(at);
    append_calls(prompt, *found->second, marks_of(syntax), control);
    copier.skip(character.size());
  }
  copier.copy_to(source.text.size());
}

}  // namespace ringlet::serve
