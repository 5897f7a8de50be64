// What --families prints: the families that the importers read, and how each was proved.
#pragma once

#include <cstddef>
#include <string>

namespace ringlet::convert {

/// A table for people. `width` is that of the terminal, whose lines are not exceeded where 60
/// columns or more allow it; 0 gives one line for each family, however long.
std::string families_as_table(std::size_t width);

/// One JSON document.
std::string families_as_json();

/// Columns of a terminal, or 0 if the descriptor is none.
std::size_t terminal_columns(int descriptor);

}  // namespace ringlet::convert
