// The states of a grammar from which a text can end.
#pragma once

#include <cstdint>
#include <span>

#include "grammar/grammar_tables.hpp"
#include "ringlet/grammar.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// Sets a bit in `live` for each state from which the text of its rule can end, where a list
/// without words ends nothing. A stack that has only such states never comes to a dead end.
/// `has_span` says whether runs can be read. Error: unsupported for a grammar that takes too many
/// rounds.
Status find_live_states(const GrammarTables& grammar, const WordList* lists, bool has_span,
                        std::span<std::uint32_t> live) noexcept;

}  // namespace ringlet
