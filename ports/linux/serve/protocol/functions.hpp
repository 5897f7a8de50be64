// The functions that a request offers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "serve/protocol/request_body.hpp"

namespace ringlet::serve {

class Functions {
 public:
  /// `tools`: a list of {"type": "function", "function": {…}}, or null.
  explicit Functions(Json tools) : tools_(std::move(tools)) {}

  [[nodiscard]] bool empty() const { return tools_.empty(); }
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] std::vector<std::string> names() const;
  /// The name without "functions." before it, which some models write, if that is a function's.
  [[nodiscard]] std::string_view name_of(std::string_view written) const;
  /// The function's parameters by name, as JSON Schema; null if it has none.
  [[nodiscard]] const Json* parameters(std::string_view name) const;
  /// What the function's schema says about a parameter; null if it does not have it.
  [[nodiscard]] const Json* parameter(std::string_view name, std::string_view parameter) const;

 private:
  [[nodiscard]] const Json* find(std::string_view name) const;

  Json tools_;
};

}  // namespace ringlet::serve
