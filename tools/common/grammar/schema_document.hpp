// The file of a JSON Schema: its places, and what a reference in it refers to.
#pragma once

#include <string>
#include <string_view>

#include "common/errors.hpp"
#include "grammar/json_writing.hpp"

namespace ringlet::grammar {

/// A schema in a file, with its JSON pointer.
struct SchemaPlace {
  const Json* value = nullptr;
  std::string pointer{};

  /// A part of the schema.
  [[nodiscard]] SchemaPlace member(const std::string& key) const;
  [[nodiscard]] SchemaPlace element(std::size_t index) const;
  bool operator==(const SchemaPlace& other) const { return value == other.value; }
};

class SchemaDocument {
 public:
  /// Throws port::Failure if the text is not JSON, is nested too deep, has objects with too many
  /// members, or names a dialect other than drafts 6, 7, 2019-09 and 2020-12.
  SchemaDocument(std::string_view text, std::string name);
  SchemaDocument(const SchemaDocument&) = delete;
  SchemaDocument& operator=(const SchemaDocument&) = delete;

  [[nodiscard]] SchemaPlace root() const { return {&root_, "#"}; }
  /// What `$ref` at this place refers to. Throws port::Failure unless it is a schema in this file.
  [[nodiscard]] SchemaPlace target(const SchemaPlace& place) const;
  /// Whether the dialect ignores what is beside `$ref`.
  [[nodiscard]] bool ignores_beside_ref() const { return ignores_beside_ref_; }

  /// Throws port::Failure: "NAME: #/properties/x: …".
  template <typename... Parts>
  [[noreturn]] void refuse(const SchemaPlace& place, const Parts&... parts) const {
    common::fail(name_, ": ", place.pointer, ": ", parts...);
  }

 private:
  void read_dialect();

  Json root_;
  std::string name_;
  bool ignores_beside_ref_ = false;
};

}  // namespace ringlet::grammar
