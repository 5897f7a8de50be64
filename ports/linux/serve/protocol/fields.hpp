// Typed access to the fields of a request: a wrong one is named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "serve/protocol/request_body.hpp"

namespace ringlet::serve {

/// An object of the request. A field that is null counts as absent, as in OpenAI's protocol.
/// Getters throw ApiError 400 with the field as `param` if it is there and has another type. The
/// object must outlive this.
class Fields {
 public:
  /// `prefix` is what errors put before the name: "response_format.".
  explicit Fields(const Json& object, std::string prefix = {});

  /// The field, or null.
  [[nodiscard]] const Json* find(const char* name) const;
  [[nodiscard]] std::string path(const char* name) const { return prefix_ + name; }

  [[nodiscard]] std::optional<double> number(const char* name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(const char* name) const;
  [[nodiscard]] std::optional<bool> flag(const char* name) const;
  [[nodiscard]] std::optional<std::string> text(const char* name) const;
  /// A text, or a list of texts.
  [[nodiscard]] std::vector<std::string> texts(const char* name) const;
  [[nodiscard]] const Json* object(const char* name) const;
  [[nodiscard]] const Json* list(const char* name) const;
  /// The fields of an element of the list `name`. Throws ApiError if the element is no object.
  [[nodiscard]] Fields element(const char* name, std::size_t index) const;

  /// A number or integer within bounds.
  [[nodiscard]] std::optional<double> number(const char* name, double low, double high) const;
  [[nodiscard]] std::optional<std::int64_t> integer(const char* name, std::int64_t low,
                                                    std::int64_t high) const;

  /// Throws ApiError unless the field is absent or has the value that changes nothing.
  void require_absent(const char* name, const Json& neutral, const char* why) const;

 private:
  const Json* object_;
  std::string prefix_;
};

}  // namespace ringlet::serve
