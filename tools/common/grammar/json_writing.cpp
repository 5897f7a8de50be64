#include "grammar/json_writing.hpp"

#include <array>
#include <utility>
#include <vector>

#include "grammar/text_reader.hpp"

namespace ringlet::grammar {
namespace {

CharacterSet single(char character) {
  const auto value = static_cast<std::uint8_t>(character);
  return {value, value};
}

/// Characters that a string holds as they are.
CharacterSet plain_characters() {
  return CharacterSet(0x20, last_character) & ~(single('"') | single('\\'));
}

std::string escape_of(std::uint32_t character) {
  constexpr std::array<std::pair<std::uint32_t, const char*>, 7> named = {{{'"', "\\\""},
                                                                           {'\\', "\\\\"},
                                                                           {'\b', "\\b"},
                                                                           {'\f', "\\f"},
                                                                           {'\n', "\\n"},
                                                                           {'\r', "\\r"},
                                                                           {'\t', "\\t"}}};
  for (const auto& [known, escape] : named) {
    if (known == character) return escape;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  return std::string("\\u00") + digits[character >> 4] + digits[character & 15];
}

CharacterSet hex_digits() {
  return CharacterSet('0', '9') | CharacterSet('a', 'f') | CharacterSet('A', 'F');
}

NodeId hex(Grammar& grammar, unsigned count, NodeId next) {
  for (unsigned i = 0; i < count; ++i) next = grammar.characters(hex_digits(), next);
  return next;
}

}  // namespace

std::string canonical_text(const Json& value, Whitespace whitespace) {
  if (!value.is_structured()) return value.dump(-1, ' ', false, Json::error_handler_t::strict);
  const std::string space = whitespace == Whitespace::one ? " " : "";
  std::string text;
  for (const auto& [key, member] : value.items()) {
    if (!text.empty()) text += "," + space;
    if (value.is_object()) text += Json(key).dump() + ":" + space;
    text += canonical_text(member, whitespace);
  }
  return value.is_object() ? "{" + text + "}" : "[" + text + "]";
}

NodeId write_characters(Grammar& grammar, const CharacterSet& set, NodeId next) {
  std::vector<NodeId> choices;
  const CharacterSet plain = set & plain_characters();
  if (!plain.empty()) choices.push_back(grammar.characters(plain, next));
  const CharacterSet escaped = set & ~plain_characters();
  for (const CharacterRange& range : escaped.ranges()) {
    for (std::uint32_t character = range.first; character <= range.last; ++character) {
      choices.push_back(grammar.literal(escape_of(character), next));
    }
  }
  return grammar.split(std::move(choices));
}

std::string_view JsonWriting::separator(std::string_view mark) const {
  if (whitespace_ == Whitespace::none) return mark;
  return mark == ":" ? ": " : ", ";
}

NodeId JsonWriting::unicode_escape(NodeId next) {
  // A character of one unit: every number but those of surrogates.
  const CharacterSet d = single('d') | single('D');
  const NodeId other = grammar_.characters(hex_digits() & ~d, hex(grammar_, 3, next));
  const NodeId below =
      grammar_.characters(d, grammar_.characters({'0', '7'}, hex(grammar_, 2, next)));
  // A pair: a high surrogate, then a low one.
  const CharacterSet high =
      CharacterSet('8', '9') | CharacterSet('a', 'b') | CharacterSet('A', 'B');
  const CharacterSet low = CharacterSet('c', 'f') | CharacterSet('C', 'F');
  NodeId pair = grammar_.characters(low, hex(grammar_, 2, next));
  pair = grammar_.literal("\\u", grammar_.characters(d, pair));
  pair = grammar_.characters(d, grammar_.characters(high, hex(grammar_, 2, pair)));
  return grammar_.literal("u", grammar_.split({other, below, pair}));
}

NodeId JsonWriting::escape(NodeId next) {
  CharacterSet named;
  for (const char letter : std::string_view("\"\\/bfnrt")) named = named | single(letter);
  const NodeId short_form = grammar_.characters(named, next);
  return grammar_.literal("\\", grammar_.split({short_form, unicode_escape(next)}));
}

NodeId JsonWriting::any_string(NodeId next) {
  if (!any_string_) {
    any_string_ = grammar_.add_rule("a string");
    const NodeId loop = grammar_.split({grammar_.literal("\"", end_node)});
    grammar_.add_choice(loop, grammar_.characters(plain_characters(), loop));
    grammar_.add_choice(loop, escape(loop));
    grammar_.set_start(*any_string_, grammar_.literal("\"", loop));
  }
  return grammar_.call(*any_string_, next);
}

NodeId JsonWriting::any_character(NodeId next) {
  if (!any_character_) {
    any_character_ = grammar_.add_rule("a character");
    const NodeId plain = grammar_.characters(plain_characters(), end_node);
    grammar_.set_start(*any_character_, grammar_.split({plain, escape(end_node)}));
  }
  return grammar_.call(*any_character_, next);
}

NodeId JsonWriting::string_of_length(std::uint32_t least, std::optional<std::uint32_t> most,
                                     NodeId next) {
  const NodeId end = grammar_.literal("\"", next);
  NodeId rest = end;
  if (!most) {
    rest = grammar_.split({end});
    grammar_.add_choice(rest, grammar_.characters(plain_characters(), rest));
    grammar_.add_choice(rest, escape(rest));
  }
  for (std::uint32_t i = least; most && i < *most; ++i) {
    rest = grammar_.split({any_character(rest), end});
  }
  for (std::uint32_t i = 0; i < least; ++i) rest = any_character(rest);
  return grammar_.literal("\"", rest);
}

NodeId JsonWriting::string_of(const CharacterAutomaton& automaton, NodeId next) {
  const NodeId end = grammar_.literal("\"", next);
  return grammar_.literal("\"", add_automaton(grammar_, automaton, write_characters, end));
}

}  // namespace ringlet::grammar
