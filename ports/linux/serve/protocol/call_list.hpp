// The calls behind a mark that begins them: one, several, or lists.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "serve/protocol/call_text.hpp"
#include "serve/protocol/functions.hpp"
#include "serve/protocol/replies.hpp"

namespace ringlet::serve {

struct CallList {
  std::vector<ToolCall> calls = {};  // without ids
  /// What can be read and calls no function of the request, as it is written.
  std::string other = {};
  /// What follows. If the calls are not whole, it begins with the one that cannot be read.
  std::string_view rest = {};
  bool is_whole = true;
};

/// Reads up to the end of the calls, a mark, or a call that cannot be read. JSON is read in every
/// syntax, because calls that are forced are JSON.
[[nodiscard]] CallList read_call_list(std::string_view text, CallSyntax syntax,
                                      const Functions& functions);

}  // namespace ringlet::serve
