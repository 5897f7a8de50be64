// Escapes on the command line (-e), since newlines are hard to type in a shell.
#pragma once

#include <string>
#include <string_view>

namespace ringlet::cli {

/// Replaces \n, \t, \r, \\, \", \' and \xHH (one byte). Throws UsageError for any other backslash.
[[nodiscard]] std::string unescape(std::string_view text);

}  // namespace ringlet::cli
