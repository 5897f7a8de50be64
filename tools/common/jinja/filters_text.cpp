// Filters that return text.
#include <algorithm>

#include "jinja/error.hpp"
#include "jinja/filters.hpp"
#include "jinja/members.hpp"
#include "jinja/operators.hpp"
#include "jinja/print.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

/// The text of a value. Marked text would stay marked, which is not supported.
std::string plain_text(const Value& value) {
  if (value.is<Markup>()) unsupported("a filter of marked text");
  return to_text(value);
}

/// Words begin after white space and opening brackets. Their first letter becomes upper case.
std::string title_of(const std::string& text) {
  std::string result = lower(text);
  bool begins = true;
  for (std::size_t at = 0; at < result.size(); ++at) {
    const char c = result[at];
    if (begins && is_ascii_letter(c)) result[at] = upper(std::string(1, c))[0];
    const bool space =
        static_cast<unsigned char>(c) < 0x80 && is_space(static_cast<unsigned char>(c));
    if (static_cast<unsigned char>(c) >= 0x80 &&
        strip_left(std::string_view(result).substr(at, 4)).size() <
            std::string_view(result).substr(at, 4).size()) {
      unsupported("title() of text with white space beyond ASCII");
    }
    begins = space || std::string_view("-({[<").find(c) != std::string_view::npos;
  }
  return result;
}

std::string indented(const std::string& text, const Arguments& arguments) {
  const Bound bound("indent()", arguments, {"width", "first", "blank"});
  std::string indent(4, ' ');
  if (const Value* width = bound.get(0)) {
    if (width->text() != nullptr) {
      indent = *width->text();
    } else {
      const std::int64_t count = bound.integer(0, 4);
      if (count > 1000) unsupported("an indent this wide");
      indent.assign(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)), ' ');
    }
  }
  std::string result = bound.truth(1) ? indent : "";
  bool first = true;
  for (const std::string& line : split_lines(text + "\n", false)) {
    if (!first) result += "\n";
    if (!first && (bound.truth(2) || !line.empty())) result += indent;
    first = false;
    result += line;
    require_size(result.size());
  }
  return result;
}

std::string truncated(const Value& value, const Arguments& arguments) {
  const Bound bound("truncate()", arguments, {"length", "killwords", "end", "leeway"});
  if (value.text() == nullptr) unsupported("truncate() of what is not a text");
  const std::string& text = *value.text();
  const std::string end = bound.get(2) == nullptr ? "..." : bound.text(2);
  const std::int64_t most = bound.integer(0, 255);
  const bool given = bound.get(3) != nullptr && !bound.get(3)->is<None>();
  const std::int64_t leeway = given ? bound.integer(3, 5) : 5;
  const auto tail = static_cast<std::int64_t>(length(end));
  if (most < tail || leeway < 0) raise("truncate() to less than its end");
  if (most > std::int64_t{1} << 40 || leeway > std::int64_t{1} << 40 ||
      static_cast<std::int64_t>(length(text)) <= most + leeway) {
    return text;
  }
  const Value head = slice(value, Value(None{}), Value(most - tail), Value(None{}));
  const std::size_t space = head.text()->rfind(' ');
  const bool whole = bound.truth(1) || space == std::string::npos;
  return (whole ? *head.text() : head.text()->substr(0, space)) + end;
}

Value formatted(const std::string& format, const Arguments& arguments) {
  if (!arguments.named.empty() && !arguments.positional.empty()) {
    raise("format() with positional and named arguments");
  }
  if (arguments.named.empty()) {
    return text_value(percent_format(format, tuple_value(arguments.positional)));
  }
  std::vector<std::pair<Value, Value>> entries;
  entries.reserve(entries.size() + arguments.named.size());
  for (const auto& [name, value] : arguments.named) entries.emplace_back(text_value(name), value);
  return text_value(percent_format(format, dictionary_value(std::move(entries))));
}

std::string joined_text(const Value& value, const Arguments& arguments) {
  const Bound bound("join()", arguments, {"d", "attribute"});
  const std::string separator = bound.get(0) == nullptr ? "" : to_text(bound.at(0));
  const Value path = bound.get(1) == nullptr ? Value(None{}) : bound.at(1);
  std::string text;
  bool first = true;
  for (const Value& element : elements_of(value)) {
    if (!first) text += separator;
    first = false;
    text += to_text(follow(element, path));
    require_size(text.size());
  }
  return text;
}

std::string replaced_text(const Value& value, const Arguments& arguments) {
  const Bound bound("replace()", arguments, {"old", "new", "count"}, 2);
  const bool all = bound.get(2) == nullptr || bound.at(2).is<None>();
  return replace(to_text(value), to_text(bound.at(0)), to_text(bound.at(1)),
                 all ? -1 : bound.integer(2, -1));
}

std::string trimmed(const Value& value, const Arguments& arguments) {
  const Bound bound("trim()", arguments, {"chars"});
  const std::string text = plain_text(value);
  const std::string* which = bound.optional_text(0);
  return std::string(strip_right(strip_left(text, which), which));
}

}  // namespace

bool text_filter(const std::string& name, const Value& value, const Arguments& arguments,
                 Value& result) {
  if (name == "trim") {
    result = text_value(trimmed(value, arguments));
  } else if (name == "replace") {
    result = text_value(replaced_text(value, arguments));
  } else if (name == "join") {
    result = text_value(joined_text(value, arguments));
  } else if (name == "format") {
    result = formatted(plain_text(value), arguments);
  } else if (name == "indent") {
    if (value.text() == nullptr) unsupported("indent() of what is not a text");
    result = text_value(indented(*value.text(), arguments));
  } else if (name == "truncate") {
    result = text_value(truncated(value, arguments));
  } else if (name == "center") {
    const Bound bound(name, arguments, {"width"});
    result = call_text_method(plain_text(value), name,
                              {.positional = {Value(bound.integer(0, 80))}, .named = {}});
  } else if (name == "upper" || name == "lower" || name == "capitalize" || name == "title" ||
             name == "string") {
    const Bound none(name, arguments, {});
    const std::string text = plain_text(value);
    result = text_value(name == "upper"        ? upper(text)
                        : name == "lower"      ? lower(text)
                        : name == "capitalize" ? capitalize(text)
                        : name == "title"      ? title_of(text)
                                               : text);
  } else {
    return false;
  }
  return true;
}

}  // namespace ringlet::jinja
