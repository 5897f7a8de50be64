#include "jinja/markup.hpp"

#include "jinja/print.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {

Value marked(std::string text) {
  require_size(text.size());
  const Value plain = text_value(std::move(text));
  return Value(Markup{*plain.as<Text>()});
}

Value escaped(const Value& value) {
  if (value.is<Markup>()) return value;
  std::string text;
  for (const char c : to_text(value)) {
    if (c == '&') {
      text += "&amp;";
    } else if (c == '<') {
      text += "&lt;";
    } else if (c == '>') {
      text += "&gt;";
    } else if (c == '\'') {
      text += "&#39;";
    } else if (c == '"') {
      text += "&#34;";
    } else {
      text += c;
    }
  }
  return marked(std::move(text));
}

std::optional<Value> joined_markup(const Value& left, const Value& right) {
  if (!left.is<Markup>() && !right.is<Markup>()) return {};
  for (const Value* value : {&left, &right}) {
    if (!value->is<Markup>() && value->text() == nullptr) return {};
  }
  return marked(to_text(escaped(left)) + to_text(escaped(right)));
}

Value without_mark(const Value& value) {
  const auto* text = value.as<Markup>();
  return text == nullptr ? value : Value(text->text);
}

}  // namespace ringlet::jinja
