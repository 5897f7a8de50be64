// States in which a grammar takes any plain text (grammar/plain_text.hpp), as inside a string.
#pragma once

#include <cstdint>

#include "grammar/grammar_tables.hpp"

namespace ringlet {

/// Whether every plain character leads from a state back to it, with the same stack. Only the usual
/// form counts, in which all bytes of a range lead to one state.
[[nodiscard]] bool is_plain_loop(const GrammarTables& grammar, std::uint32_t state) noexcept;

}  // namespace ringlet
