// Makes text of unknown origin safe for a terminal: a model, file name or source must not be able
// to move the cursor, change colors or send keys.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ringlet::common {

/// Size in bytes of a control character at the beginning of `text`: 1 for those of ASCII except
/// newline and tab, 2 for those of ISO 6429 in UTF-8 (U+0080 to U+009F), otherwise 0.
[[nodiscard]] std::size_t control_length(std::string_view text) noexcept;

/// Returns `text` with control characters written as "\x1b". With `one_line`, also newlines and
/// tabs.
[[nodiscard]] std::string visible(std::string_view text, bool one_line);

/// Writes text to a file descriptor. If it is a terminal, writes control characters like visible().
/// Returns false with errno on failure. Uses no heap.
[[nodiscard]] bool write_visible(int descriptor, std::string_view text) noexcept;

}  // namespace ringlet::common
