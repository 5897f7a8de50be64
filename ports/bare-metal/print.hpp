// Text and numbers on the console.
#pragma once

#include <cstdint>
#include <string_view>

namespace ringlet::port {

void print(std::string_view text) noexcept;

/// With commas between the thousands.
void print_number(std::uint64_t value) noexcept;

/// In that many hexadecimal digits, at most 16.
void print_hexadecimal(std::uint64_t value, std::uint32_t digits) noexcept;

}  // namespace ringlet::port
