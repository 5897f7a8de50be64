#include "print.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "board.h"
#include "board.hpp"
#include "ringlet/division.hpp"

void ringlet_board_write(const char* text) { ringlet::port::write(text); }

namespace ringlet::port {

void print(const char* text) noexcept { write(text); }

void print(std::string_view text) noexcept {
  char piece[64];
  while (!text.empty()) {
    const std::size_t n = std::min(text.size(), sizeof piece - 1);
    std::memcpy(piece, text.data(), n);
    piece[n] = 0;
    write(piece);
    text.remove_prefix(n);
  }
}

void print_number(std::uint64_t value) noexcept {
  char text[27];  // 20 digits, 6 commas and a zero
  std::size_t at = sizeof text;
  text[--at] = 0;
  for (std::uint32_t digits = 0; digits == 0 || value != 0; ++digits) {
    if (digits != 0 && digits % 3 == 0) text[--at] = ',';
    const std::uint64_t tenth = quotient(value, 10);
    text[--at] = static_cast<char>('0' + (value - 10 * tenth));
    value = tenth;
  }
  write(text + at);
}

void print_hexadecimal(std::uint64_t value, std::uint32_t digits) noexcept {
  char text[17];
  std::size_t at = sizeof text;
  text[--at] = 0;
  for (std::uint32_t i = 0; i < digits && at > 0; ++i, value >>= 4) {
    text[--at] = "0123456789ABCDEF"[value & 15U];
  }
  write(text + at);
}

}  // namespace ringlet::port
