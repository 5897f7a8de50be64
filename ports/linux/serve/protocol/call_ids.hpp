// The ids of calls, as every template takes them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "serve/protocol/fields.hpp"

namespace ringlet::serve {

/// The id of a call, by its place in the answer with this id. It has nine letters and digits,
/// because the templates of Mistral's models refuse every other form.
[[nodiscard]] std::string call_id(std::string_view answer, std::size_t index);

/// Gives the calls and results in `messages` ids of that form, where a client brings a conversation
/// with another server. Equal ids stay equal.
void shorten_call_ids(Json& messages);

}  // namespace ringlet::serve
