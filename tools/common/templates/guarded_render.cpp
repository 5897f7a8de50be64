#include "templates/guarded_render.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "common/errors.hpp"
#include "jinja/error.hpp"
#include "jinja/text.hpp"

namespace ringlet::templates {
namespace {

using Json = nlohmann::ordered_json;

/// Which characters of a text are replaced.
enum class Marking : std::uint8_t {
  none,
  spelled,  // the ends of spelled control tokens, whole or half
  all       // all characters that a control token can begin or end with
};

/// Marking of the assistant's messages and of everything else, strictest first. Templates of
/// reasoning models search replies for "</think>" and the like, and few search anything else. The
/// last resort trusts the assistant's messages, which the model has written.
struct Strictness {
  Marking assistant;
  Marking others;
};
constexpr Strictness strictnesses[] = {{Marking::all, Marking::all},
                                       {Marking::spelled, Marking::all},
                                       {Marking::spelled, Marking::spelled},
                                       {Marking::none, Marking::all},
                                       {Marking::none, Marking::spelled}};

constexpr std::uint32_t first_mark = 0x3F000;

/// Where the last character of a range begins.
std::size_t last_character(std::string_view text, const Span& span) {
  std::size_t at = span.end - 1;
  while (at > span.begin && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

/// Replacements in a plane of Unicode without characters. Python's functions for texts treat them
/// as they treat brackets: as neither letters nor white space.
class Marks {
 public:
  explicit Marks(const ControlSpellings& control) : control_(control) {
    std::uint32_t next = first_mark;
    for (const std::string& character : control.ends()) {
      std::string mark;
      jinja::append_code_point(mark, next++);
      marks_.emplace(character, mark);
      characters_.emplace(mark, character);
    }
  }

  /// A text that contains a mark cannot be told from a marked one.
  [[nodiscard]] bool are_in(std::string_view text) const {
    const auto all = jinja::characters(text);
    return std::any_of(all.begin(), all.end(),
                       [&](std::string_view one) { return characters_.contains(one); });
  }

  [[nodiscard]] std::string marked(const std::string& text, Marking marking) {
    if (marking == Marking::none) return text;
    std::vector<bool> places(text.size() + 1, marking == Marking::all);
    if (marking == Marking::spelled) {
      mark_ends(control_.find(text), text, places);
      mark_ends(control_.find_halves(text), text, places);
    }
    std::string result;
    std::size_t at = 0;
    for (const std::string_view character : jinja::characters(text)) {
      const auto mark = places[at] ? marks_.find(character) : marks_.end();
      found_ = found_ || mark != marks_.end();
      result += mark == marks_.end() ? character : std::string_view(mark->second);
      at += character.size();
    }
    return result;
  }

  /// Takes the marks out of a text. Returns the places where they were, in the result.
  [[nodiscard]] std::string unmarked(std::string_view text, std::vector<bool>& places) const {
    std::string result;
    for (const std::string_view character : jinja::characters(text)) {
      const auto mark = characters_.find(character);
      const std::size_t at = result.size();
      result += mark == characters_.end() ? character : std::string_view(mark->second);
      places.resize(result.size(), false);
      places[at] = mark != characters_.end();
    }
    return result;
  }

  [[nodiscard]] bool found() const { return found_; }
  void forget() { found_ = false; }

 private:
  static void mark_ends(const std::vector<Span>& spans, std::string_view text,
                        std::vector<bool>& places) {
    for (const Span& span : spans) {
      places[span.begin] = true;
      places[last_character(text, span)] = true;
    }
  }

  const ControlSpellings& control_;
  std::map<std::string, std::string, std::less<>> marks_, characters_;
  bool found_ = false;
};

Json marked(const Json& value, Marking marking, Marks& marks) {
  if (value.is_string()) return marks.marked(value.get_ref<const std::string&>(), marking);
  if (value.is_array()) {
    Json result = Json::array();
    for (const Json& element : value) result.push_back(marked(element, marking, marks));
    return result;
  }
  if (!value.is_object()) return value;
  Json result = Json::object();
  for (const auto& [name, member] : value.items()) {
    result[marks.marked(name, marking)] = marked(member, marking, marks);
  }
  return result;
}

/// Roles and the types of parts are words of the protocol, which templates compare.
Json marked_message(const Json& message, const Strictness& strictness, Marks& marks) {
  if (!message.is_object()) return marked(message, strictness.others, marks);
  const bool reply = message.value("role", Json()) == "assistant";
  Json result = Json::object();
  for (const auto& [name, member] : message.items()) {
    result[name] = name == "role"
                       ? member
                       : marked(member, reply ? strictness.assistant : strictness.others, marks);
  }
  return result;
}

Json marked_variables(const Json& variables, const std::vector<std::string>& trusted,
                      const Strictness& strictness, Marks& marks) {
  Json result = Json::object();
  for (const auto& [name, value] : variables.items()) {
    if (std::find(trusted.begin(), trusted.end(), name) != trusted.end()) {
      result[name] = value;
    } else if (name == "messages" && value.is_array()) {
      result[name] = Json::array();
      for (const Json& message : value) {
        result[name].push_back(marked_message(message, strictness, marks));
      }
    } else {
      result[name] = marked(value, strictness.others, marks);
    }
  }
  return result;
}

/// The spelled control tokens of which a marked character is the first or the last.
std::vector<Span> literal_spans(std::string_view text, const std::vector<Span>& spelled,
                                const std::vector<bool>& places) {
  std::vector<Span> literal;
  for (const Span& span : spelled) {
    if (!places[span.begin] && !places[last_character(text, span)]) continue;
    if (!literal.empty() && span.begin < literal.back().end) {
      literal.back().end = std::max(literal.back().end, span.end);
    } else {
      literal.push_back(span);
    }
  }
  return literal;
}

std::optional<std::string> render_or_nothing(const jinja::Template& parsed, const Json& variables,
                                             const jinja::Environment& environment) {
  try {
    return parsed.render(variables, environment);
  } catch (const jinja::Fault&) {
    return std::nullopt;
  }
}

}  // namespace

Prompt guarded_render(const jinja::Template& parsed, const Json& variables,
                      const std::vector<std::string>& trusted, const ControlSpellings& control,
                      const jinja::Environment& environment) {
  Prompt prompt{.text = parsed.render(variables, environment)};
  const std::vector<Span> spelled = control.find(prompt.text);
  if (spelled.empty()) return prompt;
  Marks marks(control);
  if (marks.are_in(prompt.text)) common::fail("a message contains unassigned characters (U+3F000)");
  for (const Strictness& strictness : strictnesses) {
    marks.forget();
    const Json changed = marked_variables(variables, trusted, strictness, marks);
    // The first marking finds every character that matters.
    if (!marks.found() && strictness.assistant == Marking::all) return prompt;
    const auto text = render_or_nothing(parsed, changed, environment);
    if (!text) continue;
    std::vector<bool> places;
    if (marks.unmarked(*text, places) != prompt.text) continue;
    prompt.literal = literal_spans(prompt.text, spelled, places);
    return prompt;
  }
  common::fail(
      "a message spells a control token, and the chat template takes it for a mark of its own");
}

}  // namespace ringlet::templates
