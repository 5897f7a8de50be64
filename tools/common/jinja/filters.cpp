#include "jinja/filters.hpp"

#include <algorithm>
#include <array>

#include "jinja/error.hpp"
#include "jinja/markup.hpp"
#include "jinja/members.hpp"
#include "jinja/print.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

constexpr std::array<std::string_view, 54> filter_names = {
    "abs",       "attr",       "batch",       "capitalize", "center",  "count",
    "d",         "default",    "dictsort",    "e",          "escape",  "filesizeformat",
    "first",     "float",      "forceescape", "format",     "groupby", "indent",
    "int",       "join",       "last",        "length",     "list",    "lower",
    "items",     "map",        "min",         "max",        "pprint",  "random",
    "reject",    "rejectattr", "replace",     "reverse",    "round",   "safe",
    "select",    "selectattr", "slice",       "sort",       "string",  "striptags",
    "sum",       "title",      "trim",        "truncate",   "unique",  "upper",
    "urlencode", "urlize",     "wordcount",   "wordwrap",   "xmlattr", "tojson"};

Value default_of(const Value& value, const Arguments& arguments) {
  const Bound bound("default()", arguments, {"default_value", "boolean"});
  const bool absent = value.is<Undefined>() || (bound.truth(1) && !is_true(value));
  if (!absent) return value;
  return bound.get(0) == nullptr ? text_value("") : bound.at(0);
}

Value attribute_of(const Value& value, const Arguments& arguments) {
  const Bound bound("attr()", arguments, {"name"}, 1);
  return only_attribute(value, bound.text(0));
}

JsonStyle json_style(const Arguments& arguments) {
  const Bound bound("tojson()", arguments, {"ensure_ascii", "indent", "separators", "sort_keys"});
  JsonStyle style;
  style.ascii = bound.truth(0);
  style.sorted = bound.truth(3);
  if (const Value* indent = bound.get(1); indent != nullptr && !indent->is<None>()) {
    style.lines = true;
    if (indent->text() != nullptr) {
      style.indent = *indent->text();
    } else {
      const std::int64_t width = bound.integer(1, 0);
      if (width > 100) unsupported("tojson() with an indent this wide");
      style.indent.assign(static_cast<std::size_t>(std::max<std::int64_t>(width, 0)), ' ');
    }
  }
  style.between = style.lines ? "," : ", ";
  style.colon = ": ";
  if (const Value* both = bound.get(2); both != nullptr && !both->is<None>()) {
    const Values parts = elements_of(*both);
    if (parts.size() != 2) raise("tojson() with other than two separators");
    if (parts[0].text() == nullptr || parts[1].text() == nullptr) {
      unsupported("tojson() with separators that are not texts");
    }
    style.between = *parts[0].text();
    style.colon = *parts[1].text();
  }
  return style;
}

bool plain_filter(const std::string& name, const Value& value, const Arguments& arguments,
                  Value& result) {
  if (name == "default" || name == "d") {
    result = default_of(value, arguments);
  } else if (name == "attr") {
    result = attribute_of(value, arguments);
  } else if (name == "tojson") {
    result = text_value(to_json(value, json_style(arguments)));
  } else if (name == "length" || name == "count") {
    const Bound none(name, arguments, {});
    result = Value(static_cast<std::int64_t>(length_of(value)));
  } else if (name == "safe") {
    const Bound none(name, arguments, {});
    result = marked(to_text(value));
  } else if (name == "escape" || name == "e") {
    const Bound none(name, arguments, {});
    result = escaped(value);
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool is_jinja_filter(std::string_view name) {
  return std::find(filter_names.begin(), filter_names.end(), name) != filter_names.end();
}

Value apply_filter(const std::string& name, const Value& value, const Arguments& arguments) {
  if (!is_jinja_filter(name)) raise("has the unknown filter \"", name, "\"");
  Value result;
  if (plain_filter(name, value, arguments, result) || text_filter(name, value, arguments, result) ||
      number_filter(name, value, arguments, result) ||
      sequence_filter(name, value, arguments, result) ||
      order_filter(name, value, arguments, result)) {
    return result;
  }
  try {
    if (generator_filter(name, value, arguments, result)) return result;
  } catch (const Error& error) {
    unsupported("an error inside the filter \"", name, "\" (", error.what(), ")");
  }
  unsupported("the filter \"", name, "\"");
}

Value follow(const Value& value, const Value& path) {
  const std::string* text = path.text();
  if (path.is<None>()) return value;
  if (text == nullptr) return item(value, path);
  Value found = value;
  for (std::size_t begin = 0; begin <= text->size();) {
    const std::size_t end = std::min(text->find('.', begin), text->size());
    const std::string part = text->substr(begin, end - begin);
    begin = end + 1;
    const bool number = !part.empty() && std::all_of(part.begin(), part.end(), is_ascii_digit);
    if (number && part.size() > 18) unsupported("an index this large");
    found = item(found, number ? Value(std::int64_t{std::stoll(part)}) : text_value(part));
  }
  return found;
}

Value without_case(const Value& value) {
  return value.text() == nullptr ? value : text_value(lower(*value.text()));
}

}  // namespace ringlet::jinja
