// The small texts in which Linux describes a process and a machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringlet::port {

/// The whole text of a file, of /proc or /sys for example; empty if it cannot be read.
[[nodiscard]] std::string system_text(const std::string& path);

/// The number at the start of a text, or none.
[[nodiscard]] std::optional<std::uint64_t> leading_number(std::string_view text) noexcept;

/// The number after a name at the start of a line: "MemFree:   123 kB" has 123 for "MemFree:".
[[nodiscard]] std::optional<std::uint64_t> number_after(std::string_view text,
                                                        std::string_view name) noexcept;

/// Removes the first line from `text`, and returns it without its end.
[[nodiscard]] std::string_view take_line(std::string_view& text) noexcept;

}  // namespace ringlet::port
