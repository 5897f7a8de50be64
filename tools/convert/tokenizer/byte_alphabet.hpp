// GPT-2's way of writing bytes as printable characters, which vocabularies of byte-level tokenizers
// are spelled in: "Ġthe" is " the".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ringlet::convert {

/// The bytes that a text in this alphabet stands for; empty when it has a character that is not in
/// the alphabet, as the texts of special tokens may.
std::optional<std::string> bytes_of_alphabet(std::string_view text);

}  // namespace ringlet::convert
