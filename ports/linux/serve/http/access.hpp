// Who can use the server.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/protocol/api_error.hpp"

namespace ringlet::serve {

struct AccessRules {
  bool on_loopback = true;             // the server listens there
  std::vector<std::string> keys = {};  // one of them is needed, if there are any
  std::string cors = {};               // the origin whose pages can use the server; "*": all
};

/// What the head of a request says.
struct Caller {
  std::string_view path;
  std::optional<std::string_view> host;  // HTTP/1.0 can have none
  std::string_view origin;               // empty: no page of a browser
  std::string_view authorization;        // "Bearer KEY"
};

/// Throws ApiError. Loopback is reached by names of loopback alone, so that no name of a page's
/// owner can lead there (DNS rebinding). Pages of other origins are refused even where they could
/// not read the answer.
void check_access(const AccessRules& rules, const Caller& caller);

/// Whether pages of this origin can read answers.
[[nodiscard]] bool allows_origin(const AccessRules& rules, std::string_view origin);

/// Whether an address to listen on is of the loopback interface.
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace ringlet::serve
