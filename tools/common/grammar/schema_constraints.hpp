// What one schema, or several together, demand of a value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "grammar/character_automaton.hpp"
#include "grammar/decimal.hpp"
#include "grammar/schema_document.hpp"

namespace ringlet::grammar {

/// Schemas that a value must satisfy together; none: any value.
using Conjunction = std::vector<SchemaPlace>;

enum TypeBits : std::uint8_t {
  null_type = 1,
  boolean_type = 2,
  number_type = 4,
  string_type = 8,
  array_type = 16,
  object_type = 32,
  all_types = 63,
};

struct StringConstraints {
  std::uint32_t least = 0;  // characters
  std::optional<std::uint32_t> most{};
  std::vector<std::shared_ptr<const CharacterAutomaton>> patterns{};
  std::optional<std::string> list{};  // a word of a list that is given at run time
  std::optional<bool> span{};         // a piece of a text that is given at run time; whole words
  bool spaced = false;                // a model writes a space in front of the word or piece
};

/// What one schema says about arrays.
struct ArrayPart {
  std::vector<SchemaPlace> prefix{};
  std::optional<SchemaPlace> rest{};
};

/// What one schema says about objects.
struct ObjectPart {
  std::vector<std::pair<std::string, SchemaPlace>> properties{};
  bool declares = false;  // it has `properties`, even if there are none
  std::optional<SchemaPlace> additional{};
};

/// A value satisfies them if its type is allowed and it satisfies those of its type.
struct Constraints {
  std::uint8_t types = all_types;
  std::optional<std::vector<SchemaPlace>> values{};  // enum or const: it is one of them
  NumberRange number{};
  StringConstraints string{};
  std::vector<ArrayPart> arrays{};
  std::uint32_t least_items = 0;
  std::optional<std::uint32_t> most_items{};
  std::vector<ObjectPart> objects{};
  std::vector<std::string> required{};
  bool exclusive = false;  // a branch of oneOf: another branch must not hold

  /// The schemas of an element of an array.
  [[nodiscard]] Conjunction element(std::size_t index) const;
  /// The first index from which all elements have the same schemas.
  [[nodiscard]] std::size_t equal_from() const;
  /// The schemas of a member of an object.
  [[nodiscard]] Conjunction member(const std::string& key) const;
  /// Declared and required members, in the order in which they are written.
  [[nodiscard]] std::vector<std::string> keys() const;
  [[nodiscard]] bool requires_key(const std::string& key) const;
  /// Whether no schema says which members an object has, so that they are free.
  [[nodiscard]] bool has_free_members() const;
};

/// Both together; nothing if no type is left or no value can satisfy them.
[[nodiscard]] std::optional<Constraints> both(const Constraints& a, const Constraints& b);

}  // namespace ringlet::grammar
