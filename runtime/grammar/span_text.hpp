// Prepares a text of which a grammar reads runs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "grammar/matcher.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// Finds the places of a text where a run can begin and sorts them in `places`, which has room for
/// each byte of it. Errors: invalid_argument for a text that is not UTF-8; not_enough_memory.
Result<SpanText> make_span_text(std::string_view text, std::span<std::uint16_t> places) noexcept;

}  // namespace ringlet
