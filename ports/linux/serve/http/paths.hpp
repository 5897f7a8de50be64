// The paths that the server has.
#pragma once

#include <string>
#include <string_view>

namespace ringlet::serve {

/// The path without slashes that say nothing: a client adds its own to an address that ends in one.
[[nodiscard]] std::string plain_path(std::string_view path);

/// Whether the server has this plain path.
[[nodiscard]] bool is_path(std::string_view path);

/// What the path takes: GET or POST.
[[nodiscard]] std::string_view method_of(std::string_view path);

inline constexpr std::string_view one_model = "/v1/models/";  // and its name

}  // namespace ringlet::serve
