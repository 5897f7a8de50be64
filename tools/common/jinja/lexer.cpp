#include "jinja/lexer.hpp"

#include <algorithm>
#include <array>

#include "jinja/error.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

bool is_name_character(char c) { return is_ascii_letter(c) || is_ascii_digit(c) || c == '_'; }

/// Converts line breaks to "\n" and removes one at the end.
std::string normalized(std::string_view source) {
  if (!is_utf8(source)) raise("is not UTF-8");
  std::string text;
  for (std::size_t at = 0; at < source.size(); ++at) {
    if (source[at] != '\r') {
      text += source[at];
    } else if (!source.substr(at + 1).starts_with('\n')) {
      text += '\n';
    }
  }
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : text_(normalized(source)) {}

  std::vector<Token> run() {
    while (at_ < text_.size()) {
      const std::size_t tag = find_tag();
      put_data(tag);
      if (tag < text_.size()) read_tag();
    }
    put(TokenKind::end, {});
    return std::move(tokens_);
  }

  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  [[nodiscard]] std::string_view rest() const { return std::string_view(text_).substr(at_); }

  void put(TokenKind kind, std::string_view text) {
    tokens_.push_back({kind, std::string(text), line_});
  }

  void move_to(std::size_t place) {
    line_ += static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                 text_.begin() + static_cast<std::ptrdiff_t>(place),
                                                 '\n'));
    at_ = place;
  }

  void skip_spaces() { move_to(text_.size() - strip_left(rest()).size()); }

  [[nodiscard]] std::size_t find_tag() const {
    std::size_t tag = text_.find('{', at_);
    while (tag != std::string::npos && tag + 1 < text_.size()) {
      const char kind = text_[tag + 1];
      if (kind == '%' || kind == '{' || kind == '#') return tag;
      tag = text_.find('{', tag + 1);
    }
    return text_.size();
  }

  /// Appends the text up to a tag, without the end that "{%-" or lstrip_blocks removes.
  void put_data(std::size_t tag) {
    std::string_view data = rest().substr(0, tag - at_);
    if (tag < text_.size()) {
      const char mark = tag + 2 < text_.size() ? text_[tag + 2] : ' ';
      data = without_indentation(data, mark, text_[tag + 1] == '{');
    }
    if (!data.empty()) put(TokenKind::data, data);
    move_to(tag);
  }

  /// lstrip_blocks removes the white space between the start of a line and a block or comment.
  [[nodiscard]] std::string_view without_indentation(std::string_view data, char mark,
                                                     bool output) const {
    if (mark == '-') return strip_right(data);
    if (mark == '+' || output) return data;
    const std::size_t line = data.rfind('\n') + 1;  // npos + 1 is 0
    if (line == 0 && !line_starts_) return data;
    return strip_left(data.substr(line)).empty() ? data.substr(0, line) : data;
  }

  void read_tag() {
    const char kind = text_[at_ + 1];
    const std::size_t begin = at_ + 2;
    const bool marked = begin < text_.size() && (text_[begin] == '-' || text_[begin] == '+');
    const std::size_t inside = begin + (marked ? 1 : 0);
    if (kind == '#') return read_comment(inside);
    if (kind == '%' && read_raw(inside)) return;
    put(kind == '%' ? TokenKind::block_begin : TokenKind::output_begin, {});
    move_to(inside);
    read_expression(kind == '%');
  }

  void read_comment(std::size_t inside) {
    const std::size_t end = text_.find("#}", inside);
    if (end == std::string::npos) raise("has an unterminated comment");
    const char mark = end > inside ? text_[end - 1] : ' ';
    move_to(end + 2);
    end_tag(mark, true);
  }

  /// After a tag, "-" removes all white space and trim_blocks removes one line break.
  void end_tag(char mark, bool trims) {
    const std::size_t begin = at_;
    if (mark == '-') {
      skip_spaces();
    } else if (trims && mark != '+' && rest().starts_with('\n')) {
      move_to(at_ + 1);
    }
    line_starts_ = at_ > begin && text_[at_ - 1] == '\n';
  }

  /// {% raw %}. Returns false for any other tag.
  bool read_raw(std::size_t inside) {
    std::string_view tag = strip_left(std::string_view(text_).substr(inside));
    if (!tag.starts_with("raw")) return false;
    tag = strip_left(tag.substr(3));
    const char mark = tag.starts_with('-') ? '-' : ' ';
    if (mark == '-') tag.remove_prefix(1);
    if (!tag.starts_with("%}")) return false;
    move_to(text_.size() - tag.size() + 2);
    end_tag(mark, false);
    for (std::size_t end = text_.find("{%", at_); end != std::string::npos;
         end = text_.find("{%", end + 1)) {
      if (read_end_of_raw(end)) return true;
    }
    raise("has an unterminated raw block");
  }

  bool read_end_of_raw(std::size_t end) {
    std::string_view tag = std::string_view(text_).substr(end + 2);
    const char before = tag.empty() ? ' ' : tag[0];
    if (before == '-' || before == '+') tag.remove_prefix(1);
    tag = strip_left(tag);
    if (!tag.starts_with("endraw")) return false;
    tag = strip_left(tag.substr(6));
    const char after = tag.empty() ? ' ' : tag[0];
    if (after == '-' || after == '+') tag.remove_prefix(1);
    if (!tag.starts_with("%}")) return false;
    const std::string_view data = without_indentation(rest().substr(0, end - at_), before, false);
    if (!data.empty()) put(TokenKind::data, data);
    move_to(text_.size() - tag.size() + 2);
    end_tag(after, true);
    return true;
  }

  void read_expression(bool block) {
    const std::string_view end = block ? "%}" : "}}";
    while (true) {
      if (brackets_.empty()) {
        const char first = rest().empty() ? ' ' : rest()[0];
        const bool marked =
            (first == '-' || (first == '+' && block)) && rest().substr(1).starts_with(end);
        if (marked || rest().starts_with(end)) {
          put(block ? TokenKind::block_end : TokenKind::output_end, {});
          move_to(at_ + end.size() + (marked ? 1 : 0));
          return end_tag(marked ? first : ' ', block);
        }
      }
      if (rest().empty()) raise("has an unterminated tag");
      if (is_space(code_point(characters(rest().substr(0, 4)).front()))) {
        skip_spaces();
      } else {
        read_token();
      }
    }
  }

  void read_token() {
    const char c = text_[at_];
    if (is_ascii_digit(c)) return read_number();
    if (is_name_character(c)) return read_name();
    if (c == '"' || c == '\'') return read_string(c);
    static constexpr std::array<std::string_view, 6> pairs = {"==", "!=", "<=", ">=", "//", "**"};
    std::size_t size = 1;
    for (const std::string_view pair : pairs) size = rest().starts_with(pair) ? 2 : size;
    if (size == 1 && std::string_view("+-*/%~|.,:;()[]{}<>=").find(c) == std::string_view::npos) {
      if (static_cast<unsigned char>(c) >= 0x80) unsupported("a name beyond ASCII");
      raise("has the character '", std::string(1, c), "' in a tag");
    }
    balance(c);
    put(TokenKind::symbol, rest().substr(0, size));
    at_ += size;
  }

  void balance(char c) {
    if (c == '(' || c == '[' || c == '{') {
      brackets_ += c == '(' ? ')' : c == '[' ? ']' : '}';
    } else if (c == ')' || c == ']' || c == '}') {
      if (!brackets_.ends_with(c)) raise("has an unmatched '", std::string(1, c), "'");
      brackets_.pop_back();
    }
  }

  void read_name() {
    std::size_t end = at_;
    while (end < text_.size() && is_name_character(text_[end])) ++end;
    if (end < text_.size() && static_cast<unsigned char>(text_[end]) >= 0x80) {
      unsupported("a name beyond ASCII");
    }
    put(TokenKind::name, rest().substr(0, end - at_));
    at_ = end;
  }

  /// Returns the end of digits, which single underscores can divide, or `at` if there are none.
  [[nodiscard]] std::size_t digits_end(std::size_t at) const {
    const auto digit = [&](std::size_t i) { return i < text_.size() && is_ascii_digit(text_[i]); };
    while (digit(at) || (at < text_.size() && text_[at] == '_' && digit(at - 1) && digit(at + 1))) {
      ++at;
    }
    return at;
  }

  void read_number() {
    const bool member = at_ > 0 && text_[at_ - 1] == '.';  // then "1.2" is two members
    const std::size_t whole = digits_end(at_);
    std::size_t end = whole;
    if (!member && end + 1 < text_.size() && text_[end] == '.' && is_ascii_digit(text_[end + 1])) {
      end = digits_end(end + 1);
    }
    if (!member && end < text_.size() && (text_[end] | 0x20) == 'e') {
      const bool sign = end + 1 < text_.size() && (text_[end + 1] == '+' || text_[end + 1] == '-');
      const std::size_t exponent = end + (sign ? 2 : 1);
      if (exponent < text_.size() && is_ascii_digit(text_[exponent])) end = digits_end(exponent);
    }
    const bool real = end > whole;
    if (!real && text_[at_] == '0' && at_ + 1 < text_.size() && text_[at_ + 1] != '.') {
      const char next = text_[at_ + 1];
      if (is_name_character(next)) unsupported("a number that begins with 0");
    }
    std::string digits = text_.substr(at_, end - at_);
    digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
    if (!real && digits.size() > 18) unsupported("an integer of more than 18 digits");
    put(real ? TokenKind::real : TokenKind::integer, digits);
    at_ = end;
  }

  void read_string(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' ? 2U : 1U;
    if (end >= text_.size()) raise("has an unterminated string");
    const std::string body = text_.substr(at_ + 1, end - at_ - 1);
    put(TokenKind::string, unescape(body));
    move_to(end + 1);
  }

  std::string text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  bool line_starts_ = true;
  std::string brackets_;  // the closing brackets that are expected, innermost last
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) {
  Lexer lexer(source);
  try {
    return lexer.run();
  } catch (const Error& error) {
    raise("line ", lexer.line(), ": ", error.what());
  } catch (const Unsupported& error) {
    stop<Unsupported>("line ", lexer.line(), ": ", error.what());
  }
}

}  // namespace ringlet::jinja
