// Prints text and numbers on the console.
#pragma once

#include <cstdint>
#include <string_view>

namespace ringlet::port {

void print(const char* text) noexcept;
void print(std::string_view text) noexcept;

/// Prints a number with commas between thousands.
void print_number(std::uint64_t value) noexcept;

/// Prints a number with the given count of hexadecimal digits, at most 16.
void print_hexadecimal(std::uint64_t value, std::uint32_t digits) noexcept;

}  // namespace ringlet::port
