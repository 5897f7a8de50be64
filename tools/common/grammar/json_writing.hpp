// How answers write JSON: the pieces of text that schemas have in common.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "grammar/character_automaton.hpp"
#include "grammar/grammar.hpp"

namespace ringlet::grammar {

using Json = nlohmann::ordered_json;

/// White space between the parts of a value: none, or one space after each colon and comma.
enum class Whitespace : std::uint8_t { none, one };

/// A value in the form in which a grammar writes it: members in their order, strings with the
/// fewest escapes.
[[nodiscard]] std::string canonical_text(const Json& value, Whitespace whitespace);

/// Writes the characters of a set inside a string: as they are, or with their shortest escape where
/// JSON demands one.
[[nodiscard]] NodeId write_characters(Grammar& grammar, const CharacterSet& set, NodeId next);

/// Adds the rules of strings when they are first needed.
class JsonWriting {
 public:
  JsonWriting(Grammar& grammar, Whitespace whitespace)
      : grammar_(grammar), whitespace_(whitespace) {}

  [[nodiscard]] NodeId colon(NodeId next) { return grammar_.literal(separator(":"), next); }
  [[nodiscard]] NodeId comma(NodeId next) { return grammar_.literal(separator(","), next); }
  [[nodiscard]] NodeId value(const Json& value, NodeId next) {
    return grammar_.literal(canonical_text(value, whitespace_), next);
  }
  /// Any string, with any escapes that JSON has. The state inside is a plain loop.
  [[nodiscard]] NodeId any_string(NodeId next);
  /// A string of `least` to `most` characters, with any escapes.
  [[nodiscard]] NodeId string_of_length(std::uint32_t least, std::optional<std::uint32_t> most,
                                        NodeId next);
  /// A string whose characters are a text of the automaton, with the fewest escapes.
  [[nodiscard]] NodeId string_of(const CharacterAutomaton& automaton, NodeId next);

 private:
  [[nodiscard]] std::string_view separator(std::string_view mark) const;
  [[nodiscard]] NodeId escape(NodeId next);
  [[nodiscard]] NodeId unicode_escape(NodeId next);
  [[nodiscard]] NodeId any_character(NodeId next);

  Grammar& grammar_;
  Whitespace whitespace_;
  std::optional<RuleId> any_string_;
  std::optional<RuleId> any_character_;
};

}  // namespace ringlet::grammar
