#include "chat/chat_marks.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace ringlet::convert {
namespace {

constexpr std::size_t longest_mark = 64;

bool is_name_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) != 0 || c == '_' || c == '-' || c == ':' || c == '.';
}

/// Size in bytes of a name between two brackets, including adjacent "/" or "|"; 0 if there is none.
std::size_t mark_between(std::string_view text, char open, char close, bool upper_only) {
  std::size_t end = 0;
  std::size_t opened = 0;
  while (end < text.size() && text[end] == open && opened < 2) ++end, ++opened;
  if (opened == 0) return 0;
  const std::size_t name = end;
  bool has_letter = false;
  for (; end < text.size() && end < longest_mark; ++end) {
    const char c = text[end];
    if (c == close) break;
    const auto byte = static_cast<unsigned char>(c);
    if (!is_name_byte(c) && c != '/' && c != '|') return 0;
    if (upper_only && std::islower(byte) != 0) return 0;
    has_letter = has_letter || std::isalpha(byte) != 0;
  }
  for (std::size_t closed = 0; closed < opened; ++closed, ++end) {
    if (end >= text.size() || text[end] != close) return 0;
  }
  return has_letter && end > name + opened ? end : 0;
}

std::size_t mark_at(std::string_view text) {
  const std::size_t angled = mark_between(text, '<', '>', false);
  return angled > 0 ? angled : mark_between(text, '[', ']', true);
}

/// Size in bytes of the longest added token at the start of a text; 0 if there is none.
std::size_t token_at(std::string_view text, const SourceTokenizer& tokenizer) {
  std::size_t longest = 0;
  for (const SourcePiece& piece : tokenizer.pieces) {
    const bool added =
        piece.kind == SourcePieceKind::control || piece.kind == SourcePieceKind::user_defined;
    if (added && text.starts_with(piece.text)) longest = std::max(longest, piece.text.size());
  }
  return longest;
}

void find_spelled(std::string_view text, const SourceTokenizer& tokenizer,
                  std::vector<std::string>& marks) {
  while (!text.empty()) {
    std::size_t size = token_at(text, tokenizer);
    if (size == 0) {
      size = mark_at(text);
      const std::string mark(text.substr(0, size));
      const bool is_new = std::find(marks.begin(), marks.end(), mark) == marks.end();
      if (size > 0 && is_new) marks.push_back(mark);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
}

}  // namespace

std::vector<std::string> spelled_marks(const SourceChat& chat, const SourceTokenizer& tokenizer) {
  std::vector<std::string> marks;
  for (const std::string& text : {chat.opening, chat.system_prefix.value_or(""), chat.system_suffix,
                                  chat.before_reply, chat.after_reply}) {
    find_spelled(text, tokenizer, marks);
  }
  return marks;
}

}  // namespace ringlet::convert
