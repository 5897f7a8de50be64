#include "serve/protocol/call_list.hpp"

#include <utility>

#include "serve/protocol/call_readers.hpp"

namespace ringlet::serve {
namespace {

class ListReader {
 public:
  ListReader(std::string_view text, CallSyntax syntax, const Functions& functions)
      : reader_(text, syntax == CallSyntax::python || syntax == CallSyntax::granite),
        syntax_(syntax),
        marks_(marks_of(syntax)),
        functions_(functions) {}

  CallList read() {
    while (!ends() && !words_follow()) {
      list_.is_whole = take_bracket() || take_call();
      if (!list_.is_whole) break;
      has_taken_ = true;
    }
    list_.rest = reader_.rest();
    return std::move(list_);
  }

 private:
  /// Whether nothing more belongs to the calls. Before a mark, a list need not be closed.
  [[nodiscard]] bool ends() const {
    return reader_.at_end() || reader_.next_is_one_of(marks_.openings) ||
           reader_.next_is_one_of(marks_.closings);
  }

  bool take_bracket() {
    if (!reader_.take(in_brackets_ ? "]" : "[")) return false;
    in_brackets_ = !in_brackets_;
    return true;
  }

  /// Takes a call, if what follows shows that it is whole.
  bool take_call() {
    const LiteralReader before = reader_;
    std::optional<ToolCall> call = read_call();
    const bool is_whole = call && call_has_ended();
    const std::size_t size = before.rest().size() - reader_.rest().size();
    if (!is_whole) {
      reader_ = before;
      return false;
    }
    if (functions_.has(call->name)) {
      list_.calls.push_back(std::move(*call));
    } else {
      list_.other += before.rest().substr(0, size);
    }
    return true;
  }

  std::optional<ToolCall> read_call() {
    if (syntax_ == CallSyntax::elements && reader_.next_is(marks_.beginning)) {
      return read_element_call(reader_, functions_);
    }
    if (reader_.next_is("{")) return read_json_call(reader_, functions_);
    if (syntax_ == CallSyntax::bracket) return read_named_call(reader_, functions_);
    if (syntax_ == CallSyntax::gemma) return read_gemma_call(reader_, functions_);
    return has_names() ? read_python_call(reader_, functions_) : std::nullopt;
  }

  /// Whether a call of the syntax can begin here.
  [[nodiscard]] bool begins_call() const {
    if (reader_.next_is("{")) return true;
    if (syntax_ == CallSyntax::elements) return reader_.next_is(marks_.beginning);
    if (syntax_ == CallSyntax::gemma) return reader_.next_is("call:");
    LiteralReader ahead = reader_;
    if (ahead.take_name().empty()) return false;
    if (syntax_ == CallSyntax::bracket) return ahead.next_is_one_of(marks_.inner);
    return has_names() && ahead.next_is("(");
  }

  /// Whether the calls have ended, and the model says something.
  [[nodiscard]] bool words_follow() const {
    return has_taken_ && !in_brackets_ && !reader_.next_is("[") && !begins_call();
  }

  /// Whether what follows a call shows that this is all of it.
  bool call_has_ended() {
    if (syntax_ == CallSyntax::elements) return true;  // it has its own end
    return reader_.take_separator() || ends() || (in_brackets_ && reader_.next_is("]")) ||
           (syntax_ == CallSyntax::gemma && begins_call());
  }

  [[nodiscard]] bool has_names() const {
    return syntax_ == CallSyntax::python || syntax_ == CallSyntax::granite;
  }

  LiteralReader reader_;
  CallSyntax syntax_;
  CallMarks marks_;
  const Functions& functions_;
  CallList list_;
  bool in_brackets_ = false;
  bool has_taken_ = false;
};

}  // namespace

CallList read_call_list(std::string_view text, CallSyntax syntax, const Functions& functions) {
  return ListReader(text, syntax, functions).read();
}

}  // namespace ringlet::serve
