#include <algorithm>

#include "jinja/error.hpp"
#include "jinja/print.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

void append_unit(std::string& text, std::uint32_t unit) {
  static constexpr char symbols[] = "0123456789abcdef";
  text += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) text += symbols[(unit >> shift) & 15];
}

std::string quoted_json(const std::string& text, bool ascii) {
  static constexpr std::string_view named = "\b\f\n\r\t\"\\";
  static constexpr std::string_view letters = "bfnrt\"\\";
  std::string result = "\"";
  for (const std::string_view character : characters(text)) {
    const std::uint32_t code = code_point(character);
    const std::size_t at = code < 0x80 ? named.find(character) : std::string_view::npos;
    if (at != std::string_view::npos) {
      result += '\\';
      result += letters[at];
    } else if (code < 0x20 || (ascii && code >= 0x7F && code <= 0xFFFF)) {
      append_unit(result, code);
    } else if (ascii && code > 0xFFFF) {
      append_unit(result, 0xD800 + ((code - 0x10000) >> 10));
      append_unit(result, 0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      result += character;
    }
  }
  return result + "\"";
}

class JsonWriter {
 public:
  explicit JsonWriter(const JsonStyle& style) : style_(style) {}

  void write(const Value& value) {
    require_size(text_.size());
    if (value.is<None>()) {
      text_ += "null";
    } else if (const bool* truth = value.as<bool>()) {
      text_ += *truth ? "true" : "false";
    } else if (value.is_number()) {
      text_ += to_literal(value);
    } else if (const std::string* text = value.text()) {
      text_ += quoted_json(*text, style_.ascii);
    } else if (const auto* dictionary = value.as<DictionaryPointer>()) {
      write(**dictionary);
    } else {
      write_elements(value);
    }
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void write_elements(const Value& value) {
    const Values* elements = value.sequence(Sequence::Kind::list);
    if (elements == nullptr) elements = value.sequence(Sequence::Kind::tuple);
    if (elements == nullptr && value.is<Markup>()) unsupported("JSON of marked text");
    if (elements == nullptr) raise("a ", type_name(value), " cannot be written as JSON");
    open('[');
    for (const Value& element : *elements) {
      next();
      write(element);
    }
    close(']');
  }

  void write(const Dictionary& dictionary) {
    std::vector<std::pair<Value, Value>> entries = dictionary.entries;
    if (style_.sorted) {
      std::stable_sort(entries.begin(), entries.end(),
                       [](const auto& a, const auto& b) { return less(a.first, b.first); });
    }
    open('{');
    for (const auto& [key, value] : entries) {
      next();
      text_ += quoted_json(key_text(key), style_.ascii) + style_.colon;
      write(value);
    }
    close('}');
  }

  static std::string key_text(const Value& key) {
    if (const std::string* text = key.text()) return *text;
    if (key.is<None>()) return "null";
    if (const bool* truth = key.as<bool>()) return *truth ? "true" : "false";
    if (key.is_number()) return to_literal(key);
    raise("a ", type_name(key), " cannot be a key in JSON");
  }

  void open(char bracket) {
    text_ += bracket;
    ++level_;
    first_ = true;
  }

  void next() {
    if (!first_) text_ += style_.between;
    first_ = false;
    break_line();
  }

  void close(char bracket) {
    --level_;
    if (!first_) break_line();
    first_ = false;
    text_ += bracket;
  }

  void break_line() {
    if (!style_.lines) return;
    text_ += '\n';
    for (int i = 0; i < level_; ++i) text_ += style_.indent;
    require_size(text_.size());
  }

  const JsonStyle& style_;
  std::string text_;
  int level_ = 0;
  bool first_ = true;
};

}  // namespace

std::string to_json(const Value& value, const JsonStyle& style) {
  JsonWriter writer(style);
  writer.write(value);
  return writer.text();
}

}  // namespace ringlet::jinja
