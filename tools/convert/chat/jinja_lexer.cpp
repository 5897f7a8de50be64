#include "chat/jinja_lexer.hpp"

#include <algorithm>
#include <array>

#include "errors.hpp"

namespace ringlet::convert {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<JinjaLexeme> run() {
    while (at_ < text_.size()) {
      const std::size_t tag = find_tag();
      put_text(tag);
      if (tag == text_.size()) break;
      read_tag();
    }
    put(JinjaToken::end, {});
    return std::move(lexemes_);
  }

 private:
  [[nodiscard]] bool looking_at(std::string_view what) const {
    return text_.substr(at_).starts_with(what);
  }

  void put(JinjaToken token, std::string_view text) {
    const auto lines =
        std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
    lexemes_.push_back({token, std::string(text), static_cast<std::size_t>(lines) + 1});
  }

  [[nodiscard]] std::size_t find_tag() const {
    std::size_t tag = text_.find('{', at_);
    while (tag != std::string_view::npos && tag + 1 < text_.size()) {
      const char kind = text_[tag + 1];
      if (kind == '%' || kind == '{' || kind == '#') return tag;
      tag = text_.find('{', tag + 1);
    }
    return text_.size();
  }

  /// The text up to a tag, without what "{%-" or lstrip_blocks take from its end.
  void put_text(std::size_t tag) {
    std::string_view text = text_.substr(at_, tag - at_);
    if (strip_next_) {
      while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    }
    strip_next_ = false;
    if (tag < text_.size()) {
      const char mark = tag + 2 < text_.size() ? text_[tag + 2] : ' ';
      if (mark == '-') {
        while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
      } else if (text_[tag + 1] != '{' && mark != '+') {
        strip_indentation(text, tag);
      }
    }
    at_ = tag;
    if (!text.empty()) put(JinjaToken::text, text);
  }

  /// lstrip_blocks: blanks between the start of a line and a block.
  void strip_indentation(std::string_view& text, std::size_t tag) const {
    std::size_t begin = tag;
    while (begin > 0 && (text_[begin - 1] == ' ' || text_[begin - 1] == '\t')) --begin;
    if (begin > 0 && text_[begin - 1] != '\n') return;
    text.remove_suffix(std::min(tag - begin, text.size()));
  }

  void read_tag() {
    const char kind = text_[at_ + 1];
    if (kind == '#') {
      const std::size_t end = text_.find("#}", at_ + 2);
      if (end == std::string_view::npos) fail_here("a comment without end");
      strip_next_ = text_[end - 1] == '-';
      at_ = end + 2;
      trim_newline();
      return;
    }
    const bool block = kind == '%';
    put(block ? JinjaToken::block_begin : JinjaToken::output_begin, {});
    at_ += 2;
    if (looking_at("-") || (block && looking_at("+"))) ++at_;
    const std::string_view end = block ? "%}" : "}}";
    int braces = 0;
    while (true) {
      while (at_ < text_.size() && is_space(text_[at_])) ++at_;
      if (at_ >= text_.size()) fail_here("a tag without end");
      const bool stripped = looking_at("-") && text_.substr(at_ + 1).starts_with(end);
      if (braces == 0 && (stripped || looking_at(end))) {
        put(block ? JinjaToken::block_end : JinjaToken::output_end, {});
        at_ += end.size() + (stripped ? 1 : 0);
        strip_next_ = stripped;
        if (block) trim_newline();
        return;
      }
      read_lexeme(braces);
    }
  }

  /// trim_blocks: the newline after a block.
  void trim_newline() {
    if (!strip_next_ && looking_at("\n")) ++at_;
  }

  void read_lexeme(int& braces) {
    const char c = text_[at_];
    if (is_letter(c)) return read_while(JinjaToken::name);
    if (is_digit(c)) return read_number();
    if (c == '"' || c == '\'') return read_string(c);
    braces += c == '{' ? 1 : c == '}' ? -1 : 0;
    static constexpr std::array<std::string_view, 6> pairs = {"==", "!=", "<=", ">=", "//", "**"};
    std::size_t size = 1;
    for (const std::string_view pair : pairs) size = looking_at(pair) ? 2 : size;
    if (std::string_view("+-*/%~|.,:()[]{}<>=!").find(c) == std::string_view::npos) {
      fail_here(std::string("the character '") + c + "'");
    }
    put(JinjaToken::symbol, text_.substr(at_, size));
    at_ += size;
  }

  void read_while(JinjaToken token) {
    std::size_t end = at_;
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
    put(token, text_.substr(at_, end - at_));
    at_ = end;
  }

  void read_number() {
    std::size_t end = at_;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    const bool real = end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1]);
    if (real) {
      ++end;
      while (end < text_.size() && is_digit(text_[end])) ++end;
    }
    if (end - at_ > 15) fail_here("a number of more than 15 digits");
    put(real ? JinjaToken::real : JinjaToken::integer, text_.substr(at_, end - at_));
    at_ = end;
  }

  void read_string(char quote) {
    std::string value;
    std::size_t end = at_ + 1;
    for (; end < text_.size() && text_[end] != quote; ++end) {
      if (text_[end] != '\\' || end + 1 >= text_.size()) {
        value += text_[end];
        continue;
      }
      const char escaped = text_[++end];
      value += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped;
    }
    if (end >= text_.size()) fail_here("a string without end");
    put(JinjaToken::string, value);
    at_ = end + 1;
  }

  [[noreturn]] void fail_here(const std::string& what) const {
    const auto lines =
        std::count(text_.begin(),
                   text_.begin() + static_cast<std::ptrdiff_t>(std::min(at_, text_.size())), '\n');
    fail("line ", lines + 1, ": has ", what);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool strip_next_ = false;
  std::vector<JinjaLexeme> lexemes_;
};

}  // namespace

std::vector<JinjaLexeme> lex_template(std::string_view text) {
  // One newline at the end of a template is not part of it.
  if (text.ends_with('\n')) text.remove_suffix(1);
  return Lexer(text).run();
}

}  // namespace ringlet::convert
