// Text of unknown origin on its way to a terminal: a model, a file name or a source must not be
// able to move the cursor, change colours or send keys.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ringlet::port {

/// The length of the control character at the beginning of `text`: 1 for ASCII's other than newline
/// and tab, 2 for those of ISO 6429 in UTF-8 (U+0080 to U+009F), 0 where none is there.
[[nodiscard]] std::size_t control_length(std::string_view text) noexcept;

/// `text` with control characters as "\x1b". With `one_line`, newlines and tabs too.
[[nodiscard]] std::string visible(std::string_view text, bool one_line);

/// Writes text to a file descriptor; where that is a terminal, control characters as visible() has
/// them. False with errno set when that fails. No heap.
[[nodiscard]] bool write_visible(int descriptor, std::string_view text) noexcept;

}  // namespace ringlet::port
