#include <algorithm>
#include <string_view>

#include "jinja/error.hpp"
#include "jinja/members.hpp"
#include "jinja/print.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

/// startswith() and endswith(), which also accept a tuple.
bool has_end(const std::string& text, const Value& end, bool front) {
  if (const Values* all = end.sequence(Sequence::Kind::tuple)) {
    return std::any_of(all->begin(), all->end(), [&](const Value& one) {
      if (one.sequence(Sequence::Kind::tuple) != nullptr) raise("looks for a tuple in a tuple");
      return has_end(text, one, front);
    });
  }
  if (end.is<Markup>()) unsupported("looking for marked text");
  if (end.text() == nullptr) raise("looks for a ", type_name(end), " at the end of a text");
  return front ? text.starts_with(*end.text()) : text.ends_with(*end.text());
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  if (part.empty()) return length(text) + 1;
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

/// find() and related methods. Searching in a range is not supported.
Value place_of(const std::string& text, const std::string& name, const Arguments& arguments) {
  if (arguments.positional.size() > 1) unsupported(name, "() in a part of a text");
  const Bound bound(name + "()", arguments, {""}, 1);
  const std::string& part = bound.text(0);
  if (name == "count") return Value(static_cast<std::int64_t>(occurrences(text, part)));
  const std::size_t at = name[0] == 'r' ? text.rfind(part) : text.find(part);
  if (at != std::string::npos) {
    return Value(static_cast<std::int64_t>(length(std::string_view(text).substr(0, at))));
  }
  if (name.ends_with("index")) raise(name, "() does not find the text");
  return Value(std::int64_t{-1});
}

/// center(), ljust(), rjust() and zfill().
std::string padded(const std::string& text, const std::string& name, const Arguments& arguments) {
  const Bound bound(name + "()", arguments, {"", ""}, 1);
  const std::int64_t width = bound.integer(0, 0);
  const std::string fill = bound.get(1) == nullptr ? (name == "zfill" ? "0" : " ") : bound.text(1);
  if (length(fill) != 1) raise(name, "() fills with one character");
  if (name == "zfill" && bound.get(1) != nullptr) raise("zfill() has one argument");
  const auto size = static_cast<std::int64_t>(length(text));
  if (width <= size) return text;
  require_size(static_cast<std::size_t>(std::min<std::int64_t>(width, longest_text + 1)));
  const std::int64_t missing = width - size;
  // If the difference is odd, Python's center() puts the additional space on the left if the width
  // is odd too.
  const std::int64_t left = name == "ljust"    ? 0
                            : name == "center" ? missing / 2 + (missing & width & 1)
                                               : missing;
  std::string result;
  const bool sign = name == "zfill" && (text.starts_with('-') || text.starts_with('+'));
  if (sign) result += text[0];
  for (std::int64_t i = 0; i < left; ++i) result += fill;
  result += sign ? text.substr(1) : text;
  for (std::int64_t i = left; i < missing; ++i) result += fill;
  require_size(result.size());
  return result;
}

/// Tests of characters. Beyond ASCII, only isascii() and isspace() are known.
bool is_all(const std::string& text, const std::string& name) {
  const auto all = [&](auto predicate) {
    return !text.empty() && std::all_of(text.begin(), text.end(), predicate);
  };
  const bool ascii = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (name == "isascii") return ascii;
  if (name == "isspace") return !text.empty() && strip_left(text).empty();
  if (!ascii) unsupported(name, "() beyond ASCII");
  if (name == "isalpha") return all(is_ascii_letter);
  if (name == "isdigit" || name == "isdecimal" || name == "isnumeric") return all(is_ascii_digit);
  if (name == "isalnum") return all([](char c) { return is_ascii_letter(c) || is_ascii_digit(c); });
  const bool letters = std::any_of(text.begin(), text.end(), is_ascii_letter);
  if (name == "isupper") return letters && upper(text) == text;
  if (name == "islower") return letters && lower(text) == text;
  unsupported("the method ", name, "()");
}

/// title(): a letter is upper case unless it follows a letter.
std::string titled(const std::string& text) {
  std::string result = lower(text);
  bool inside = false;
  for (char& c : result) {
    if (!inside && is_ascii_letter(c)) c = upper(std::string(1, c))[0];
    inside = is_ascii_letter(c);
  }
  return result;
}

std::string swapped_case(const std::string& text) {
  require_known_case(text);
  std::string result = text;
  for (char& c : result) {
    if (is_ascii_letter(c)) c = static_cast<char>(c ^ 0x20);
  }
  return result;
}

std::string joined(const std::string& separator, const Value& parts) {
  std::string result;
  bool first = true;
  for (const Value& part : elements_of(parts)) {
    if (part.is<Markup>()) unsupported("join() of marked text");
    if (part.text() == nullptr) raise("join() of a ", type_name(part));
    if (!first) result += separator;
    first = false;
    result += *part.text();
    require_size(result.size());
  }
  return result;
}

/// format(), only with fields that are empty, numbers or names.
std::string formatted(const std::string& format, const Arguments& arguments) {
  std::string result;
  std::size_t next = 0;
  for (std::size_t at = 0; at < format.size(); ++at) {
    const char c = format[at];
    if ((c == '{' || c == '}') && at + 1 < format.size() && format[at + 1] == c) {
      result += format[at++];
      continue;
    }
    if (c == '}') raise("format() has a single bracket");
    if (c != '{') {
      result += c;
      continue;
    }
    const std::size_t end = format.find('}', at);
    if (end == std::string::npos) raise("format() has a single bracket");
    const std::string field = format.substr(at + 1, end - at - 1);
    at = end;
    if (field.find_first_of(".[]!:{") != std::string::npos)
      unsupported("format() of {", field, "}");
    if (field.empty()) {
      if (next >= arguments.positional.size()) raise("format() needs more arguments");
      result += to_text(arguments.positional[next++]);
      continue;
    }
    if (is_ascii_digit(field[0])) unsupported("format() of {", field, "}");
    const auto named = std::find_if(arguments.named.begin(), arguments.named.end(),
                                    [&](const auto& one) { return one.first == field; });
    if (named == arguments.named.end()) raise("format() has no argument ", field);
    result += to_text(named->second);
    require_size(result.size());
  }
  return result;
}

std::string without_end(const std::string& text, const std::string& end, bool front) {
  if (front) return text.starts_with(end) ? text.substr(end.size()) : text;
  return text.ends_with(end) ? text.substr(0, text.size() - end.size()) : text;
}

std::string stripped(const std::string& text, const std::string& name, const std::string* which) {
  std::string_view rest = text;
  if (name != "rstrip") rest = strip_left(rest, which);
  if (name != "lstrip") rest = strip_right(rest, which);
  return std::string(rest);
}

}  // namespace

Value call_text_method(const std::string& text, const std::string& name,
                       const Arguments& arguments) {
  Value result;
  if (call_split_method(text, name, arguments, result)) return result;
  const std::string function = name + "()";
  if (name == "strip" || name == "lstrip" || name == "rstrip") {
    const Bound bound(function, arguments, {""});
    return text_value(stripped(text, name, bound.optional_text(0)));
  }
  if (name == "startswith" || name == "endswith") {
    if (arguments.positional.size() > 1) unsupported(function, " in a part of a text");
    const Bound bound(function, arguments, {""}, 1);
    return Value(has_end(text, bound.at(0), name == "startswith"));
  }
  if (name == "replace") {
    const Bound bound(function, arguments, {"", "", ""}, 2);
    return text_value(replace(text, bound.text(0), bound.text(1), bound.integer(2, -1)));
  }
  if (name == "removeprefix" || name == "removesuffix") {
    const Bound bound(function, arguments, {""}, 1);
    return text_value(without_end(text, bound.text(0), name == "removeprefix"));
  }
  if (name == "join") return text_value(joined(text, Bound(function, arguments, {""}, 1).at(0)));
  if (name == "format") return text_value(formatted(text, arguments));
  if (name == "count" || name.ends_with("find") || name.ends_with("index")) {
    return place_of(text, name, arguments);
  }
  if (name == "center" || name == "ljust" || name == "rjust" || name == "zfill") {
    return text_value(padded(text, name, arguments));
  }
  const Bound none(function, arguments, {});
  if (name == "upper") return text_value(upper(text));
  if (name == "lower") return text_value(lower(text));
  if (name == "capitalize") return text_value(capitalize(text));
  if (name == "title") return text_value(titled(text));
  if (name == "swapcase") return text_value(swapped_case(text));
  if (name.starts_with("is")) return Value(is_all(text, name));
  unsupported("the method ", function);
}

}  // namespace ringlet::jinja
