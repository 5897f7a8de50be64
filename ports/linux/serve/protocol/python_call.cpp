#include <algorithm>
#include <cctype>

#include "serve/protocol/call_readers.hpp"

namespace ringlet::serve {
namespace {

std::string python_value(const Json& value) {
  if (value.is_null()) return "None";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  std::string text;
  if (value.is_array()) {
    for (const Json& element : value) text += (text.empty() ? "" : ", ") + python_value(element);
    return "[" + text + "]";
  }
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      text += (text.empty() ? "" : ", ") + dump(key) + ": " + python_value(member);
    }
    return "{" + text + "}";
  }
  return dump(value);
}

/// Whether Python takes the key for the name of an argument.
bool is_identifier(std::string_view key) {
  return !key.empty() && std::isdigit(static_cast<unsigned char>(key.front())) == 0 &&
         std::all_of(key.begin(), key.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c >= 0x80; });
}

}  // namespace

std::string python_call(std::string_view name, const Json& arguments) {
  std::string text;
  for (const auto& [key, value] : arguments.items()) {
    if (!text.empty()) text += ", ";
    text += is_identifier(key) ? key + "=" + python_value(value)
                               : "**{" + dump(key) + ": " + python_value(value) + "}";
  }
  return std::string(name) + "(" + text + ")";
}

}  // namespace ringlet::serve
