#include "serve/http/access.hpp"

#include <algorithm>

namespace ringlet::serve {
namespace {

/// The name in "name:port" or "[::1]:port"; empty for anything else.
std::string_view name_of(std::string_view host) {
  const std::size_t bracket = host.starts_with('[') ? host.find(']') : 0;
  if (bracket == std::string_view::npos) return {};
  const std::size_t colon = host.find(':', bracket);
  const std::string_view name = host.substr(0, colon);
  if (bracket > 0 && name.size() != bracket + 1) return {};
  if (colon == std::string_view::npos) return name;
  const bool port = host.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
  return port ? name : std::string_view();
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(a) == lower(b);
  });
}

bool names_loopback(std::string_view name) {
  // "127.example.com" can lead anywhere.
  const bool numbers = name.find_first_not_of("0123456789.") == std::string_view::npos;
  return equals_ignoring_case(name, "localhost") || name == "[::1]" || name == "::1" ||
         (numbers && name.starts_with("127."));
}

/// Takes as long for every text of this length.
bool equal(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(left[i]) ^
                                        static_cast<unsigned char>(right[i]));
  }
  return difference == 0;
}

/// The host of an origin; empty unless its scheme is that of a page: http, or https where a proxy
/// encrypts.
std::string_view host_of(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return origin.substr(scheme.size());
  }
  return {};
}

ApiError forbidden(const char* message) { return {403, "invalid_request_error", message}; }

}  // namespace

bool is_loopback(std::string_view host) { return names_loopback(host); }

bool allows_origin(const AccessRules& rules, std::string_view origin) {
  return !rules.cors.empty() && !origin.empty() && (rules.cors == "*" || rules.cors == origin);
}

void check_access(const AccessRules& rules, const Caller& caller) {
  // Every browser sends Host, so a request without it does not come from a page.
  if (rules.on_loopback && caller.host && !names_loopback(name_of(*caller.host))) {
    throw forbidden(
        "this server listens on the loopback interface, which the Host header does not name; a "
        "proxy must send its address as Host, and other machines need --host");
  }
  if (!caller.origin.empty() && !allows_origin(rules, caller.origin)) {
    const std::string_view host = host_of(caller.origin);
    const bool same = !host.empty() && caller.host && equals_ignoring_case(host, *caller.host);
    if (!same) throw forbidden("pages of this origin cannot use the server (--cors)");
  }
  const bool open = caller.path == "/" || caller.path == "/health";
  if (rules.keys.empty() || open) return;
  constexpr std::string_view scheme = "Bearer ";
  std::string_view key = caller.authorization;
  const bool is_bearer = equals_ignoring_case(key.substr(0, scheme.size()), scheme);
  key = is_bearer ? key.substr(scheme.size()) : std::string_view();
  const bool known = std::any_of(rules.keys.begin(), rules.keys.end(),
                                 [&](const std::string& one) { return equal(one, key); });
  if (known) return;
  throw ApiError(401, "invalid_request_error", "the API key is missing or wrong", {},
                 "invalid_api_key");
}

}  // namespace ringlet::serve
