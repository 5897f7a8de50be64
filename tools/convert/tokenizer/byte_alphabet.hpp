// GPT-2's encoding of bytes as printable characters, used by vocabularies of byte-level tokenizers:
// "Ġthe" is " the".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ringlet::convert {

/// Returns the bytes of a text in this alphabet. Empty if the text contains any other character, as
/// texts of special tokens can.
std::optional<std::string> bytes_of_alphabet(std::string_view text);

}  // namespace ringlet::convert
