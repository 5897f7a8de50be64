// The calls of functions in the text of an answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "serve/protocol/call_text.hpp"
#include "serve/protocol/functions.hpp"
#include "serve/protocol/replies.hpp"

namespace ringlet::serve {

/// Divides the text of an answer as it comes: what is said before a call, and the calls.
///
/// Calls that are whole count, up to the first that cannot be read; that one and all behind it are
/// text, because what looks like a call there can be the text of an argument. Whoever reads an
/// answer never sees the control tokens of its calls.
class CallReader {
 public:
  /// A call of none of the `functions` is text. `begun`: the prompt has written the opening.
  CallReader(CallSyntax syntax, Functions functions, bool begun = false);

  /// The text that is certainly no call.
  [[nodiscard]] std::string next(std::string_view text);

  struct End {
    std::string content = {};          // what turned out not to be a call
    std::vector<ToolCall> calls = {};  // without ids
    /// The content is all that was held back, byte for byte.
    bool is_as_written = true;
  };
  /// What was held back, at the end of the answer.
  [[nodiscard]] End finish();

 private:
  enum class State : std::uint8_t {
    text,
    bare_call,  // perhaps, without a mark before it
    call        // behind a mark
  };

  [[nodiscard]] bool finish_bare(End& end) const;
  void finish_marked(End& end) const;

  CallSyntax syntax_;
  CallMarks marks_;
  Functions functions_;
  std::string held_;
  State state_;
  bool begun_;
  bool has_said_ = false;
};

}  // namespace ringlet::serve
