// Calls that stand at the beginning of an answer, without a mark before them.
#pragma once

#include <cstdint>
#include <string_view>

#include "serve/protocol/call_text.hpp"
#include "serve/protocol/functions.hpp"

namespace ringlet::serve {

enum class BareCall : std::uint8_t {
  none,
  possible,  // more text will tell
  begun
};

/// Whether the beginning of an answer is one. All models of some syntaxes write calls like this
/// (Llama 3), others at times leave the mark out.
[[nodiscard]] BareCall find_bare_call(std::string_view answer, CallSyntax syntax,
                                      const Functions& functions);

}  // namespace ringlet::serve
