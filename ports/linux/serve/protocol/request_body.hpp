// The JSON of a request, which anybody can send.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace ringlet::serve {

using Json = nlohmann::ordered_json;

/// What a body can have. Larger ones would take memory and time that the plan has no place for.
struct BodyLimits {
  std::size_t bytes = std::size_t{1} << 20;
  std::size_t depth = 64;
  std::size_t values = 65'536;  // numbers, texts, lists, objects and names of members
  std::size_t members = 1024;   // of one object
};

/// Parses a body, which must be an object in UTF-8. Integers keep their digits (large_integer.hpp).
/// Throws ApiError with the reason: 413 for a body of too many bytes, 400 for everything else.
[[nodiscard]] Json parse_body(std::string_view body, const BodyLimits& limits = {});

/// Parses JSON of any kind, for example what a model wrote; nothing if it is none, or too large.
[[nodiscard]] std::optional<Json> parse_text(std::string_view text, const BodyLimits& limits = {});

}  // namespace ringlet::serve
