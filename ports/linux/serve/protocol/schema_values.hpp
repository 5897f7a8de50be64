// From the values that models write to JSON, by the schema of a parameter.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "serve/protocol/call_literals.hpp"
#include "serve/protocol/request_body.hpp"

namespace ringlet::serve {

/// The literal as JSON, numbers digit by digit. Nothing if it has a word that is neither a number
/// nor true, false or null; True, False and None are those too.
[[nodiscard]] std::optional<std::string> json_of(const Literal& literal);

/// The same where texts and numbers are not always told apart: `schema` says what is meant, and a
/// word that is nothing else is a text. Null: it says nothing.
[[nodiscard]] std::optional<std::string> json_of(const Literal& literal, const Json* schema);

/// What a text without any quotes stands for. Without a schema, a text.
[[nodiscard]] std::string json_of_text(std::string_view text, const Json* schema);

/// Whether a value of the schema can be an object.
[[nodiscard]] bool allows_objects(const Json& schema);

/// Members of an object in JSON, in their order.
class JsonMembers {
 public:
  /// False if there is one of this name.
  [[nodiscard]] bool add(const std::string& name, std::string_view json);
  [[nodiscard]] std::string object() const { return "{" + text_ + "}"; }

 private:
  std::vector<std::string> names_;
  std::string text_;
};

}  // namespace ringlet::serve
