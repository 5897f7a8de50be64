// The calls of earlier answers in a prompt.
#pragma once

#include <span>
#include <string_view>

#include "serve/protocol/call_text.hpp"
#include "serve/protocol/requests.hpp"
#include "templates/control_spellings.hpp"
#include "templates/guarded_render.hpp"

namespace ringlet::serve {

/// Appends a text in which nothing is a control token.
void append_literal(templates::Prompt& prompt, std::string_view text,
                    const templates::ControlSpellings& control);

/// Puts the calls where the rendered messages have their stand-ins. Nothing within a call is a
/// control token.
void put_written_calls(templates::Prompt& prompt, std::span<const WrittenCalls> written,
                       CallSyntax syntax, const templates::ControlSpellings& control);

}  // namespace ringlet::serve
