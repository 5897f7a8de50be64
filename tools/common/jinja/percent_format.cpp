// Python's printf-style formatting.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>

#include "jinja/error.hpp"
#include "jinja/operators.hpp"
#include "jinja/print.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

/// %[(key)][flags][width][.precision]conversion
struct Directive {
  std::optional<std::string> key;
  bool left = false;
  bool zeros = false;
  bool plus = false;
  bool blank = false;
  bool other = false;
  std::size_t width = 0;
  std::optional<std::size_t> precision;
  char conversion = 0;
};

class Formatter {
 public:
  Formatter(const std::string& format, const Value& values)
      : format_(format), values_(values), tuple_(values.sequence(Sequence::Kind::tuple)) {}

  std::string run() {
    while (at_ < format_.size()) {
      const char c = format_[at_++];
      if (c != '%') {
        result_ += c;
        continue;
      }
      const Directive directive = read_directive();
      if (directive.conversion == '%') {
        result_ += '%';
      } else {
        result_ += write(directive, directive.key ? keyed(*directive.key) : next());
      }
      require_size(result_.size());
    }
    const bool mapping = tuple_ == nullptr && values_.text() == nullptr &&
                         (values_.is<SequencePointer>() || values_.is<DictionaryPointer>() ||
                          values_.is<Undefined>());
    const std::size_t given = tuple_ != nullptr ? tuple_->size() : 1;
    if (!mapping && used_ < given && !keyed_) raise("formats fewer values than there are");
    return std::move(result_);
  }

 private:
  char take() {
    if (at_ >= format_.size()) raise("has an incomplete format");
    return format_[at_++];
  }

  std::size_t number() {
    std::size_t value = 0;
    while (at_ < format_.size() && is_ascii_digit(format_[at_])) {
      value = value * 10 + static_cast<std::size_t>(take() - '0');
      require_size(value);
    }
    if (at_ < format_.size() && format_[at_] == '*') unsupported("a width of * in a format");
    return value;
  }

  Directive read_directive() {
    Directive directive;
    if (at_ < format_.size() && format_[at_] == '(') {
      const std::size_t end = format_.find(')', ++at_);
      if (end == std::string::npos) raise("has an incomplete key in a format");
      directive.key = format_.substr(at_, end - at_);
      if (directive.key->find('(') != std::string::npos) unsupported("brackets in a format's key");
      at_ = end + 1;
    }
    for (char c = take();; c = take()) {
      directive.left = directive.left || c == '-';
      directive.zeros = directive.zeros || c == '0';
      directive.plus = directive.plus || c == '+';
      directive.blank = directive.blank || c == ' ';
      directive.other = directive.other || c == '#';
      if (std::string_view("-0+ #").find(c) == std::string_view::npos) break;
    }
    --at_;
    directive.width = number();
    if (at_ < format_.size() && format_[at_] == '.') {
      ++at_;
      directive.precision = number();
    }
    directive.conversion = take();
    return directive;
  }

  const Value& next() {
    if (tuple_ == nullptr && used_ == 0) {
      ++used_;
      return values_;
    }
    if (tuple_ == nullptr || used_ >= tuple_->size()) raise("formats more values than there are");
    return (*tuple_)[used_++];
  }

  const Value& keyed(const std::string& key) {
    const auto* dictionary = values_.as<DictionaryPointer>();
    if (dictionary == nullptr) raise("formats by key what is not a dictionary");
    const Value* found = find(**dictionary, text_value(key));
    if (found == nullptr) raise("formats the key ", key, ", which is not there");
    keyed_ = true;
    return *found;
  }

  static std::string write(const Directive& directive, const Value& value) {
    switch (directive.conversion) {
      case 's':
      case 'r':
        return pad(directive,
                   cut(directive, directive.conversion == 's' ? to_text(value) : to_literal(value)),
                   false);
      case 'c':
        return pad(directive, character_of(value), false);
      case 'd':
      case 'i':
      case 'u':
        return integer(directive, decimal(value));
      case 'x':
      case 'X':
      case 'o':
        return integer(directive, radix(directive, value));
      case 'f':
      case 'F':
      case 'e':
      case 'E':
      case 'g':
      case 'G':
        return real(directive, value);
      case 'a':
        unsupported("%a in a format");
      default:
        raise("has an unknown conversion %", std::string(1, directive.conversion), " in a format");
    }
  }

  static std::string cut(const Directive& directive, std::string text) {
    if (!directive.precision) return text;
    const std::vector<std::string_view> all = characters(text);
    std::string part;
    for (std::size_t i = 0; i < all.size() && i < *directive.precision; ++i) part += all[i];
    return part;
  }

  static std::string character_of(const Value& value) {
    if (const std::string* text = value.text()) {
      if (length(*text) != 1) raise("%c needs one character");
      return *text;
    }
    const std::int64_t code = integer_of(value, "%c");
    if (code < 0 || code > 0x10FFFF) raise("%c needs a code point");
    if (code >= 0xD800 && code < 0xE000) unsupported("a surrogate");
    std::string text;
    append_code_point(text, static_cast<std::uint32_t>(code));
    return text;
  }

  /// Pads to the width. Zeros go after the sign.
  static std::string pad(const Directive& directive, std::string text, bool number) {
    const std::size_t size = length(text);
    if (size >= directive.width) return text;
    const std::size_t missing = directive.width - size;
    if (directive.left) return text.append(missing, ' ');
    if (!number || !directive.zeros) return text.insert(0, missing, ' ');
    const bool sign = text[0] == '-' || text[0] == '+' || text[0] == ' ';
    return text.insert(sign ? 1 : 0, missing, '0');
  }

  static std::string decimal(const Value& value) {
    if (const double* real = value.as<double>()) {
      if (std::abs(*real) >= 9e18) unsupported("an integer of more than 64 bits");
      return std::to_string(static_cast<std::int64_t>(*real));
    }
    return std::to_string(integer_of(value, "%d"));
  }

  static std::string radix(const Directive& directive, const Value& value) {
    if (directive.other) unsupported("# in a format");
    const std::int64_t integer = integer_of(value, "%x");
    if (integer == std::numeric_limits<std::int64_t>::min()) unsupported("a number this small");
    const char conversion = directive.conversion;
    const unsigned base = conversion == 'o' ? 8 : 16;
    const char* symbols = conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string digits;
    auto rest = static_cast<std::uint64_t>(integer < 0 ? -integer : integer);
    do digits.insert(digits.begin(), symbols[rest % base]);
    while ((rest /= base) != 0);
    return integer < 0 ? "-" + digits : digits;
  }

  static std::string integer(const Directive& directive, std::string digits) {
    const bool negative = digits[0] == '-';
    if (directive.precision) {
      const std::size_t size = digits.size() - (negative ? 1 : 0);
      if (size < *directive.precision) {
        digits.insert(negative ? 1 : 0, *directive.precision - size, '0');
      }
    }
    return pad(directive, signed_text(directive, std::move(digits)), true);
  }

  static std::string real(const Directive& directive, const Value& value) {
    if (directive.other) unsupported("# in a format");
    if (!value.is_number()) raise("formats a ", type_name(value), " as a number");
    const int precision =
        static_cast<int>(std::min<std::size_t>(directive.precision.value_or(6), 200));
    if (directive.precision.value_or(0) > 200) unsupported("a precision of more than 200");
    const char format[] = {'%', '.', '*', directive.conversion, '\0'};
    std::array<char, 600> buffer{};
    (void)std::snprintf(buffer.data(), buffer.size(), format, precision, real_of(value));
    return pad(directive, signed_text(directive, buffer.data()), true);
  }

  static std::string signed_text(const Directive& directive, std::string text) {
    if (text[0] == '-') return text;
    if (directive.plus) return "+" + text;
    return directive.blank ? " " + text : text;
  }

  const std::string& format_;
  const Value& values_;
  const Values* tuple_;
  std::size_t at_ = 0;
  std::size_t used_ = 0;
  bool keyed_ = false;
  std::string result_;
};

}  // namespace

std::string percent_format(const std::string& format, const Value& values) {
  return Formatter(format, values).run();
}

}  // namespace ringlet::jinja
