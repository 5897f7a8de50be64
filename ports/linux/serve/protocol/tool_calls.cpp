#include "serve/protocol/tool_calls.hpp"

#include <algorithm>
#include <utility>

#include "serve/protocol/bare_calls.hpp"
#include "serve/protocol/call_list.hpp"
#include "serve/protocol/call_literals.hpp"

namespace ringlet::serve {
namespace {

/// How many bytes at the end of the text can become `mark`.
std::size_t half_mark(std::string_view text, std::string_view mark) {
  for (std::size_t size = std::min(text.size(), mark.size() - 1); size > 0; --size) {
    if (text.ends_with(mark.substr(0, size))) return size;
  }
  return 0;
}

/// Where the text can begin a call, or has begun one.
struct Beginning {
  std::size_t at = 0;
  bool is_whole = false;

  void find(std::string_view text, std::string_view mark) {
    const std::size_t found = text.find(mark);
    if (found < at) *this = {.at = found, .is_whole = true};
    if (!is_whole) at = std::min(at, text.size() - half_mark(text, mark));
  }
};

Beginning find_beginning(std::string_view text, const CallMarks& marks) {
  Beginning first{.at = text.size()};
  for (const std::string_view mark : marks.openings) first.find(text, mark);
  if (!marks.beginning.empty()) first.find(text, marks.beginning);
  return first;
}

/// The text behind marks that stand at its beginning, however many.
std::string_view behind(std::string_view text, std::span<const std::string_view> marks) {
  LiteralReader reader(text);
  const auto take = [&](std::string_view mark) { return reader.take(mark); };
  while (std::any_of(marks.begin(), marks.end(), take)) text = reader.rest();
  return text;
}

/// Adds what is said between calls, unless that is nothing but blanks.
void say(std::string& content, std::string_view text, const CallMarks& marks) {
  const std::string said = without_marks(text, marks);
  if (!trimmed(said).empty()) content += said;
}

}  // namespace

CallReader::CallReader(CallSyntax syntax, Functions functions, bool begun)
    : syntax_(syntax),
      marks_(marks_of(syntax)),
      functions_(std::move(functions)),
      state_(begun ? State::call : State::text),
      begun_(begun) {}

std::string CallReader::next(std::string_view text) {
  held_ += text;
  if (state_ != State::text) return {};
  const Beginning call = find_beginning(held_, marks_);
  std::size_t certain = call.at;
  if (call.is_whole) state_ = State::call;
  if (!has_said_) {
    const BareCall bare =
        find_bare_call(std::string_view(held_).substr(0, call.at), syntax_, functions_);
    if (bare == BareCall::begun) state_ = State::bare_call;
    if (bare == BareCall::begun || (bare == BareCall::possible && !call.is_whole)) certain = 0;
  }
  std::string shown = held_.substr(0, certain);
  has_said_ = has_said_ || !trimmed(shown).empty();
  held_.erase(0, certain);
  return shown;
}

/// Reads an answer without marks. False if it is something else. Other models than Llama 3 mark
/// their calls, so there the calls must be the whole answer.
bool CallReader::finish_bare(End& end) const {
  CallList list = read_call_list(held_, syntax_, functions_);
  list.rest = behind(list.rest, marks_.closings);
  const bool is_all = list.is_whole && list.other.empty() && trimmed(list.rest).empty();
  if (list.calls.empty() || (!is_all && syntax_ != CallSyntax::plain)) return false;
  end.calls = std::move(list.calls);
  end.content = std::move(list.other);
  end.content += list.rest;
  return true;
}

/// Reads an answer that has a mark, or that follows one.
void CallReader::finish_marked(End& end) const {
  bool begun = begun_;
  for (std::string_view rest = held_; !rest.empty(); begun = false) {
    const Beginning call = find_beginning(rest, marks_);
    const std::size_t before = begun ? 0 : call.is_whole ? call.at : rest.size();
    say(end.content, rest.substr(0, before), marks_);
    rest.remove_prefix(before);
    CallList list = read_call_list(behind(rest, marks_.openings), syntax_, functions_);
    std::string_view next = behind(list.rest, marks_.closings);
    if (list.calls.empty()) {
      // These marks belong to no call, so they stay as text.
      if (!list.is_whole) next = {};
      say(end.content, rest.substr(0, rest.size() - next.size()), marks_);
    } else {
      std::move(list.calls.begin(), list.calls.end(), std::back_inserter(end.calls));
      say(end.content, list.other, marks_);
      if (!list.is_whole) say(end.content, std::exchange(next, {}), marks_);
    }
    rest = next;
  }
}

CallReader::End CallReader::finish() {
  End end;
  if (state_ != State::bare_call || !finish_bare(end)) finish_marked(end);
  if (end.calls.empty()) {
    end.content = without_marks(held_, marks_);
    end.is_as_written = end.content == held_;
  } else {
    std::string_view said = trimmed(end.content);
    // Blanks part it from what is said already.
    if (has_said_ && !said.empty()) said = {end.content.data(), said.end()};
    end.content = std::string(said);
    end.is_as_written = false;
  }
  held_.clear();
  return end;
}

}  // namespace ringlet::serve
