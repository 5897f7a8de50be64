// The methods that split text.
#include <algorithm>
#include <limits>
#include <string_view>

#include "jinja/error.hpp"
#include "jinja/members.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

using Parts = std::vector<std::string>;

Value list_of(const Parts& parts) {
  Values values;
  values.reserve(parts.size());
  for (const std::string& part : parts) values.push_back(text_value(part));
  return list_value(std::move(values));
}

Parts split_at(std::string_view text, std::string_view separator, std::size_t most) {
  Parts parts;
  for (std::size_t at = text.find(separator); at != std::string_view::npos && parts.size() < most;
       at = text.find(separator)) {
    parts.emplace_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  parts.emplace_back(text);
  return parts;
}

Parts split_at_from_right(std::string_view text, std::string_view separator, std::size_t most) {
  Parts parts;
  for (std::size_t at = text.rfind(separator); at != std::string_view::npos && parts.size() < most;
       at = text.rfind(separator)) {
    parts.emplace_back(text.substr(at + separator.size()));
    text.remove_suffix(text.size() - at);
  }
  parts.emplace_back(text);
  std::reverse(parts.begin(), parts.end());
  return parts;
}

/// Number of bytes before the first white space.
std::size_t word_end(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && strip_left(text.substr(at, 4)).size() == text.substr(at, 4).size()) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

/// Start of the last word. The text must not end in white space.
std::size_t word_begin(std::string_view text) {
  std::size_t at = text.size();
  while (at > 0) {
    const std::string_view before = text.substr(at < 4 ? 0 : at - 4, at < 4 ? at : 4);
    if (strip_right(before).size() < before.size()) break;
    --at;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  }
  return at;
}

/// Splits at runs of white space. The ends must not have any.
Parts split_at_spaces(std::string_view text, std::size_t most) {
  Parts parts;
  text = strip_left(text);
  while (!text.empty() && parts.size() < most) {
    const std::size_t size = word_end(text);
    parts.emplace_back(text.substr(0, size));
    text = strip_left(text.substr(size));
  }
  if (!text.empty()) parts.emplace_back(text);
  return parts;
}

Parts split_at_spaces_from_right(std::string_view text, std::size_t most) {
  Parts parts;
  text = strip_right(text);
  while (!text.empty() && parts.size() < most) {
    const std::size_t begin = word_begin(text);
    parts.emplace_back(text.substr(begin));
    text = strip_right(text.substr(0, begin));
  }
  if (!text.empty()) parts.emplace_back(text);
  std::reverse(parts.begin(), parts.end());
  return parts;
}

Parts split_text(const std::string& text, bool right, const Arguments& arguments) {
  const Bound bound(right ? "rsplit()" : "split()", arguments, {"sep", "maxsplit"});
  const std::string* separator = bound.optional_text(0);
  const std::int64_t count = bound.integer(1, -1);
  const std::size_t most =
      count < 0 ? std::numeric_limits<std::size_t>::max() : static_cast<std::size_t>(count);
  if (separator == nullptr) {
    return right ? split_at_spaces_from_right(text, most) : split_at_spaces(text, most);
  }
  if (separator->empty()) raise("splits at an empty text");
  return right ? split_at_from_right(text, *separator, most) : split_at(text, *separator, most);
}

Parts partition(const std::string& text, const std::string& separator, bool right) {
  if (separator.empty()) raise("splits at an empty text");
  const std::size_t at = right ? text.rfind(separator) : text.find(separator);
  if (at == std::string::npos) return right ? Parts{"", "", text} : Parts{text, "", ""};
  return {text.substr(0, at), separator, text.substr(at + separator.size())};
}

}  // namespace

bool call_split_method(const std::string& text, const std::string& name, const Arguments& arguments,
                       Value& result) {
  if (name == "split" || name == "rsplit") {
    result = list_of(split_text(text, name == "rsplit", arguments));
  } else if (name == "splitlines") {
    const Bound bound("splitlines()", arguments, {"keepends"});
    result = list_of(split_lines(text, bound.truth(0)));
  } else if (name == "partition" || name == "rpartition") {
    const Bound bound(name + "()", arguments, {""}, 1);
    Values values;
    for (std::string& part : partition(text, bound.text(0), name == "rpartition")) {
      values.push_back(text_value(std::move(part)));
    }
    result = tuple_value(std::move(values));
  } else {
    return false;
  }
  return true;
}

}  // namespace ringlet::jinja
