#include "jinja/print.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "jinja/error.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

/// Ranges of printable characters beyond ASCII. Other characters are unsupported in a repr().
bool is_known_printable(std::uint32_t code) {
  return (code >= 0xA1 && code <= 0x377 && code != 0xAD) || (code >= 0x3041 && code <= 0x3096) ||
         (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0xAC00 && code <= 0xD7A3) ||
         (code >= 0x2010 && code <= 0x2027) || (code >= 0x2580 && code <= 0x25FF) ||
         (code >= 0xFF01 && code <= 0xFFBE) || (code >= 0x1F300 && code <= 0x1F64F);
}

std::string hexadecimal(std::uint32_t code, std::size_t digits) {
  static constexpr char symbols[] = "0123456789abcdef";
  std::string text(digits, '0');
  for (std::size_t i = digits; i-- > 0; code >>= 4) text[i] = symbols[code & 15];
  return text;
}

std::string text_literal(const std::string& text) {
  const bool doubled = text.find('\'') != std::string::npos && text.find('"') == std::string::npos;
  const char quote = doubled ? '"' : '\'';
  std::string result(1, quote);
  for (const std::string_view character : characters(text)) {
    const std::uint32_t code = code_point(character);
    if (code == '\n') {
      result += "\\n";
    } else if (code == '\r') {
      result += "\\r";
    } else if (code == '\t') {
      result += "\\t";
    } else if (code == '\\' || code == static_cast<std::uint32_t>(quote)) {
      result += '\\';
      result += character;
    } else if (code < 0x20 || (code >= 0x7F && code <= 0xA0) || code == 0xAD) {
      result += "\\x" + hexadecimal(code, 2);
    } else if (code < 0x7F || is_known_printable(code)) {
      result += character;
    } else {
      unsupported("printing \"", character, "\" inside a list");
    }
  }
  return result + quote;
}

std::string range_text(const Sequence& sequence) {
  const auto& [start, end, step] = sequence.range;
  std::string text = "range(" + std::to_string(start) + ", " + std::to_string(end);
  return step == 1 ? text + ")" : text + ", " + std::to_string(step) + ")";
}

/// Elements separated by commas, in brackets.
class Listing {
 public:
  explicit Listing(std::string begin) : text_(std::move(begin)) {}

  void add(const std::string& element) {
    if (!first_) text_ += ", ";
    first_ = false;
    text_ += element;
    require_size(text_.size());
  }

  std::string close(const char* end) { return std::move(text_.append(end)); }

 private:
  std::string text_;
  bool first_ = true;
};

std::string sequence_text(const Sequence& sequence) {
  using Kind = Sequence::Kind;
  if (sequence.kind == Kind::range) return range_text(sequence);
  static constexpr const char* begins[] = {"[",           "(", "", "dict_keys([", "dict_values([",
                                           "dict_items(["};
  Listing listing(begins[static_cast<std::size_t>(sequence.kind)]);
  for (const Value& element : sequence.elements) listing.add(to_literal(element));
  if (sequence.kind == Kind::list) return listing.close("]");
  if (sequence.kind != Kind::tuple) return listing.close("])");
  return listing.close(sequence.elements.size() == 1 ? ",)" : ")");
}

std::string dictionary_text(const Dictionary& dictionary) {
  Listing listing("{");
  for (const auto& [key, value] : dictionary.entries) {
    listing.add(to_literal(key) + ": " + to_literal(value));
  }
  return listing.close("}");
}

}  // namespace

std::string real_text(double value) {
  if (!std::isfinite(value)) unsupported("a number that is not finite");
  std::array<char, 40> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                 std::chars_format::scientific);
  const std::string_view all(digits.data(), static_cast<std::size_t>(end.ptr - digits.data()));
  const std::size_t mark = all.find('e');
  int exponent = 0;
  const std::size_t sign = all[mark + 1] == '+' ? 2 : 1;
  std::from_chars(all.data() + mark + sign, all.data() + all.size(), exponent);
  if (exponent < -4 || exponent >= 16) return std::string(all);
  const auto fixed =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
  const std::string text(digits.data(), fixed.ptr);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

std::string to_text(const Value& value) {
  if (value.is<Undefined>()) return "";
  if (const std::string* text = value.text()) return *text;
  if (const auto* marked = value.as<Markup>()) return *marked->text;
  return to_literal(value);
}

std::string to_literal(const Value& value) {
  if (value.is<Undefined>()) return "Undefined";
  if (value.is<None>()) return "None";
  if (const bool* truth = value.as<bool>()) return *truth ? "True" : "False";
  if (const std::int64_t* integer = value.as<std::int64_t>()) return std::to_string(*integer);
  if (const double* real = value.as<double>()) return real_text(*real);
  if (const auto* integer = value.as<LargeInteger>()) return *integer->digits;
  if (const std::string* text = value.text()) return text_literal(*text);
  if (const auto* sequence = value.as<SequencePointer>()) return sequence_text(**sequence);
  if (const auto* dictionary = value.as<DictionaryPointer>()) return dictionary_text(**dictionary);
  unsupported("printing a ", type_name(value));
}

}  // namespace ringlet::jinja
