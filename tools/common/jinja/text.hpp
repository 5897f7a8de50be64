// Text as in Python: sequences of code points, stored as UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ringlet::jinja {

/// Whether the bytes are UTF-8 without surrogates, overlong forms or values beyond U+10FFFF.
bool is_utf8(std::string_view bytes);

/// The code points of a UTF-8 text, each as its bytes.
std::vector<std::string_view> characters(std::string_view text);
std::size_t length(std::string_view text);
std::uint32_t code_point(std::string_view character);
void append_code_point(std::string& text, std::uint32_t code);

/// Python's str.isspace() of one character.
bool is_space(std::uint32_t code);
/// Removes white space, or the characters in `which`, from an end.
std::string_view strip_left(std::string_view text, const std::string* which = nullptr);
std::string_view strip_right(std::string_view text, const std::string* which = nullptr);

/// Upper and lower case. Characters beyond ASCII are unsupported unless they are known to have no
/// case: punctuation, East Asian scripts, pictographs.
std::string upper(std::string_view text);
std::string lower(std::string_view text);
/// The first character in upper case, the others in lower case.
std::string capitalize(std::string_view text);
/// Throws Unsupported if the text contains a character beyond ASCII that may have a case.
void require_known_case(std::string_view text);

inline bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

/// str.splitlines().
std::vector<std::string> split_lines(std::string_view text, bool keep_ends);

/// Replaces every occurrence of `from`, or the first `count` of them. A negative count means all.
std::string replace(std::string_view text, std::string_view from, std::string_view to,
                    std::int64_t count);

/// The longest text that a template can create.
constexpr std::size_t longest_text = std::size_t{1} << 20;
/// Throws Unsupported if a text of `size` bytes is longer.
void require_size(std::size_t size);

}  // namespace ringlet::jinja
