#include "serve/protocol/call_literals.hpp"

#include <utility>

namespace ringlet::serve {
namespace {

constexpr int most_levels = 32;
constexpr std::string_view gemma_quote = R"(<|"|>)";
constexpr std::string_view name_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

/// Reads values of Python, of JSON, and of Gemma 4, which quotes texts with a token of its own and
/// does not quote keys.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() {
    rest_ = trimmed(rest_);
    return rest_.empty();
  }

  /// Takes the mark, and blanks before it, if it comes next.
  [[nodiscard]] bool take(std::string_view mark) {
    rest_ = trimmed(rest_);
    if (!rest_.starts_with(mark)) return false;
    rest_.remove_prefix(mark.size());
    return true;
  }

  /// A name without quotes, which can be empty.
  [[nodiscard]] std::string_view name() {
    rest_ = trimmed(rest_);
    const std::string_view taken = rest_.substr(0, rest_.find_first_not_of(name_characters));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  /// The name before an equals sign. Nothing, and nothing is taken, if the next is a value.
  [[nodiscard]] std::string_view key_of_argument() {
    const std::string_view before = rest_;
    const std::string_view key = name();
    if (!key.empty() && take("=")) return key;
    rest_ = before;
    return {};
  }

  [[nodiscard]] std::optional<Json> value(int levels = most_levels) {
    if (levels == 0) return std::nullopt;
    if (take("{")) return object(levels);
    if (take("[")) return list("]", levels);
    if (take("(")) return list(")", levels);
    if (auto text = quoted()) return std::move(*text);
    return word();
  }

  /// What stands behind the brace that opens an object.
  [[nodiscard]] std::optional<Json> object(int levels = most_levels) {
    Json object = Json::object();
    const bool whole = take_each("}", [&] {
      const auto quoted_key = quoted();
      const std::string key = quoted_key ? *quoted_key : std::string(name());
      if (key.empty() || !take(":")) return false;
      auto member = value(levels - 1);
      if (member) object[key] = std::move(*member);
      return member.has_value();
    });
    return whole ? std::optional(std::move(object)) : std::nullopt;
  }

  /// Takes parts with commas between them, and perhaps behind the last, up to the mark `end`.
  /// take_one() takes a part. False if it cannot, or if something else comes next.
  template <typename TakeOne>
  [[nodiscard]] bool take_each(std::string_view end, TakeOne take_one) {
    while (!take(end)) {
      if (!take_one()) return false;
      if (take(end)) return true;
      if (!take(",")) return false;
    }
    return true;
  }

 private:
  std::optional<Json> list(std::string_view end, int levels) {
    Json list = Json::array();
    const bool whole = take_each(end, [&] {
      auto element = value(levels - 1);
      if (element) list.push_back(std::move(*element));
      return element.has_value();
    });
    return whole ? std::optional(std::move(list)) : std::nullopt;
  }

  /// A text in quotes of any kind.
  std::optional<std::string> quoted() {
    if (take(gemma_quote)) {
      const std::size_t end = rest_.find(gemma_quote);
      if (end == std::string_view::npos) return std::nullopt;
      std::string text(rest_.substr(0, end));
      rest_.remove_prefix(end + gemma_quote.size());
      return text;
    }
    for (const std::string_view quote : {"\"", "'"}) {
      if (take(quote)) return until(quote.front());
    }
    return std::nullopt;
  }

  /// The text up to a quote without a backslash, as JSON reads its escapes.
  std::optional<std::string> until(char quote) {
    std::string json = "\"";
    for (std::size_t at = 0; at < rest_.size(); ++at) {
      const char c = rest_[at];
      if (c == quote) {
        rest_.remove_prefix(at + 1);
        const std::optional<Json> text = parse_text(json + '"');
        return text ? std::optional(text->get<std::string>()) : std::nullopt;
      }
      if (c == '\\' && at + 1 < rest_.size()) {
        const char escaped = rest_[++at];
        if (escaped != '\'') json += '\\';  // JSON does not escape this one
        json += escaped;
      } else if (c == '"' || static_cast<unsigned char>(c) < 0x20) {
        const std::string escaped = dump(std::string(1, c));  // in quotes
        json.append(escaped, 1, escaped.size() - 2);
      } else {
        json += c;
      }
    }
    return std::nullopt;
  }

  /// A number, or one of the words for true, false and nothing.
  std::optional<Json> word() {
    std::string_view taken = name();
    // "1e+5" has a sign within.
    if (taken.ends_with('e') && rest_.starts_with('+')) {
      rest_.remove_prefix(1);
      const std::size_t size = taken.size() + 1 + name().size();
      taken = std::string_view(taken.data(), size);
    }
    return parse_text(json_word(taken));
  }

  std::string_view rest_;
};

/// Reads what stands behind a name: the arguments in parentheses.
bool read_arguments(Reader& reader, const Json* parameters, Json& arguments) {
  if (!reader.take("(")) return false;
  auto next = parameters == nullptr ? Json::const_iterator() : parameters->begin();
  return reader.take_each(")", [&] {
    std::string key(reader.key_of_argument());
    if (key.empty()) {
      if (parameters == nullptr || next == parameters->end()) return false;
      key = next.key();
      ++next;
    }
    auto value = reader.value();
    if (!value || arguments.contains(key)) return false;
    arguments[key] = std::move(*value);
    return true;
  });
}

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

}  // namespace

std::optional<std::vector<ToolCall>> read_gemma_call(std::string_view text,
                                                     const Functions& functions) {
  Reader reader(text);
  if (!reader.take("call:")) return std::nullopt;
  ToolCall call;
  call.name = reader.name();
  if (!functions.has(call.name) || !reader.take("{")) return std::nullopt;
  const std::optional<Json> arguments = reader.object();
  if (!arguments || !reader.at_end()) return std::nullopt;
  call.arguments = dump(*arguments);
  return std::vector<ToolCall>{std::move(call)};
}

std::optional<std::vector<ToolCall>> read_python_calls(std::string_view text,
                                                       const Functions& functions) {
  Reader reader(text);
  const bool in_list = reader.take("[");
  std::vector<ToolCall> calls;
  do {
    ToolCall call;
    call.name = reader.name();
    Json arguments = Json::object();
    if (!functions.has(call.name) ||
        !read_arguments(reader, functions.parameters(call.name), arguments)) {
      return std::nullopt;
    }
    call.arguments = dump(arguments);
    calls.push_back(std::move(call));
  } while (reader.take(","));
  if ((in_list && !reader.take("]")) || !reader.at_end()) return std::nullopt;
  return calls;
}

std::string python_call(std::string_view name, const Json& arguments) {
  std::string text;
  for (const auto& [key, value] : arguments.items()) {
    text += (text.empty() ? "" : ", ") + key + "=" + python_value(value);
  }
  return std::string(name) + "(" + text + ")";
}

}  // namespace ringlet::serve
