#include "jinja/text.hpp"

#include <algorithm>

#include "jinja/error.hpp"

namespace ringlet::jinja {
namespace {

std::size_t bytes_of_lead(unsigned char lead) {
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/// Ranges without cased letters (Unicode's property Cased), which Python's case mappings leave
/// unchanged.
bool has_no_case(std::uint32_t code) {
  return (code >= 0x2000 && code <= 0x206F) ||    // punctuation
         (code >= 0x2190 && code <= 0x245F) ||    // arrows, mathematics, technical signs
         (code >= 0x2500 && code <= 0x2BFF) ||    // boxes, shapes, dingbats
         (code >= 0x3000 && code <= 0xA63F) ||    // East Asian scripts
         (code >= 0xAC00 && code <= 0xD7A3) ||    // Hangul
         (code >= 0xFF00 && code <= 0xFF20) ||    // full-width signs and digits
         (code >= 0xFF5B && code <= 0xFF65) ||    // full-width brackets and bars
         (code >= 0x1F300 && code <= 0x1FAFF) ||  // pictographs
         (code >= 0x20000 && code <= 0x3FFFF);    // East Asian scripts
}

char upper_letter(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char lower_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string mapped(std::string_view text, char (*change)(char)) {
  require_known_case(text);
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), change);
  return result;
}

bool is_among(std::string_view character, const std::string* which) {
  if (which == nullptr) return is_space(code_point(character));
  return which->find(character) != std::string::npos;
}

/// Size in bytes of the line break at `at`, or 0 if there is none.
std::size_t line_break(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '\r') return text.substr(at + 1).starts_with('\n') ? 2 : 1;
  if ((c >= '\n' && c <= '\f') || (c >= '\x1C' && c <= '\x1E')) return 1;
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("\xC2\x85")) return 2;
  return rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9") ? 3 : 0;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    if (lead >= 0x80 && (lead < 0xC2 || lead > 0xF4)) return false;
    const std::size_t size = bytes_of_lead(lead);
    if (size > bytes.size() - at) return false;
    for (std::size_t i = 1; i < size; ++i) {
      if ((static_cast<unsigned char>(bytes[at + i]) & 0xC0) != 0x80) return false;
    }
    const std::uint32_t code = code_point(bytes.substr(at, size));
    if ((size == 3 && code < 0x800) || (size == 4 && code < 0x10000) || code > 0x10FFFF ||
        (code >= 0xD800 && code <= 0xDFFF)) {
      return false;
    }
    at += size;
  }
  return true;
}

std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> result;
  while (!text.empty()) {
    const std::size_t size = bytes_of_lead(static_cast<unsigned char>(text.front()));
    result.push_back(text.substr(0, size));
    text.remove_prefix(std::min(size, text.size()));
  }
  return result;
}

std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::uint32_t code_point(std::string_view character) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(character[i]));
  };
  switch (character.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3:
      return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    default:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 |
             (byte(3) & 0x3F);
  }
}

void append_code_point(std::string& text, std::uint32_t code) {
  const auto tail = [&](unsigned shift) {
    text += static_cast<char>(0x80 | ((code >> shift) & 0x3F));
  };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool is_space(std::uint32_t code) {
  return (code >= 9 && code <= 13) || (code >= 0x1C && code <= 0x20) || code == 0x85 ||
         code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
         code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

std::string_view strip_left(std::string_view text, const std::string* which) {
  while (!text.empty()) {
    const std::size_t size = bytes_of_lead(static_cast<unsigned char>(text.front()));
    if (!is_among(text.substr(0, size), which)) break;
    text.remove_prefix(size);
  }
  return text;
}

std::string_view strip_right(std::string_view text, const std::string* which) {
  while (!text.empty()) {
    std::size_t begin = text.size() - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
    if (!is_among(text.substr(begin), which)) break;
    text.remove_suffix(text.size() - begin);
  }
  return text;
}

void require_known_case(std::string_view text) {
  for (const std::string_view character : characters(text)) {
    if (character.size() > 1 && !has_no_case(code_point(character))) {
      unsupported("the case of \"", character, "\"");
    }
  }
}

std::string upper(std::string_view text) { return mapped(text, upper_letter); }
std::string lower(std::string_view text) { return mapped(text, lower_letter); }

std::string capitalize(std::string_view text) {
  std::string result = lower(text);
  if (!result.empty()) result[0] = upper_letter(result[0]);
  return result;
}

std::vector<std::string> split_lines(std::string_view text, bool keep_ends) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = line_break(text, at);
    at += std::max<std::size_t>(size, 1);
    if (size == 0) continue;
    lines.emplace_back(text.substr(begin, at - begin - (keep_ends ? 0 : size)));
    begin = at;
  }
  if (begin < text.size()) lines.emplace_back(text.substr(begin));
  return lines;
}

std::string replace(std::string_view text, std::string_view from, std::string_view to,
                    std::int64_t count) {
  std::string result;
  if (from.empty()) {  // between all characters and at both ends
    for (const std::string_view character : characters(text)) {
      if (count != 0) result += to;
      if (count > 0) --count;
      require_size(result.size());
      result += character;
    }
    if (count != 0) result += to;
    return result;
  }
  std::size_t begin = 0;
  for (std::size_t at = text.find(from); at != std::string_view::npos && count != 0;
       at = text.find(from, begin)) {
    result += text.substr(begin, at - begin);
    result += to;
    require_size(result.size());
    begin = at + from.size();
    if (count > 0) --count;
  }
  result += text.substr(begin);
  return result;
}

void require_size(std::size_t size) {
  if (size > longest_text) unsupported("a text of more than ", longest_text, " bytes");
}

}  // namespace ringlet::jinja
