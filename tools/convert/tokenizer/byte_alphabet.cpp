#include "tokenizer/byte_alphabet.hpp"

#include <array>
#include <cstdint>

#include "text/utf8.hpp"

namespace ringlet::convert {
namespace {

constexpr std::size_t letters = 0x144;
constexpr std::int16_t no_byte = -1;

/// Printable characters of Latin-1 represent themselves. The other bytes, in order, are U+0100 and
/// the following characters.
constexpr std::array<std::int16_t, letters> make_alphabet() {
  std::array<std::int16_t, letters> bytes{};
  for (auto& byte : bytes) byte = no_byte;
  std::size_t next = 0x100;
  for (std::int16_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
    bytes[printable ? static_cast<std::size_t>(byte) : next++] = byte;
  }
  return bytes;
}

constexpr std::array<std::int16_t, letters> alphabet = make_alphabet();

}  // namespace

std::optional<std::string> bytes_of_alphabet(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const std::string_view character = text.substr(0, utf8_first_character(text));
    const char32_t code = utf8_code_point(character);
    if (code >= letters || alphabet[code] == no_byte) return std::nullopt;
    bytes += static_cast<char>(alphabet[code]);
    text.remove_prefix(character.size());
  }
  return bytes;
}

}  // namespace ringlet::convert
