#include "pull/address.hpp"

#include <algorithm>
#include <optional>

#include "common/format_values.hpp"
#include "pull/letter_case.hpp"

namespace ringlet::pull {
namespace {

/// "https://host:443/path?query" in parts. The host is in lower case.
struct Parts {
  std::string scheme;
  std::string host;  // with the brackets of an IPv6 address
  std::string port;
  std::string rest;  // from the first '/', '?' or '#' on

  [[nodiscard]] std::string origin() const { return scheme + "://" + host + ":" + port; }
};

bool is_host_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

/// Names and IPv4 addresses, or an IPv6 address in brackets.
bool is_host(std::string_view host) {
  constexpr std::size_t longest = 255;
  if (host.size() > longest) return false;
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2) {
    return host.find_first_not_of("0123456789abcdef:.", 1) == host.size() - 1;
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), is_host_letter);
}

bool is_port(std::string_view port) {
  constexpr std::size_t longest = 5;
  return !port.empty() && port.size() <= longest &&
         port.find_first_not_of("0123456789") == std::string_view::npos;
}

/// What an address has between "://" and the path. A user and a password are refused.
bool read_authority(std::string_view authority, Parts& parts) {
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parts.host = in_lower_case(authority.substr(0, colon));
  if (colon != std::string_view::npos) parts.port = authority.substr(colon + 1);
  if (parts.port.empty()) parts.port = parts.scheme == "https" ? "443" : "80";
  return is_host(parts.host) && is_port(parts.port);
}

std::optional<Parts> parts_of(std::string_view address) {
  const auto is_visible = [](char c) { return c > ' ' && c <= '~' && c != '\\'; };
  if (!std::all_of(address.begin(), address.end(), is_visible)) return std::nullopt;
  const std::size_t colon = address.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  Parts parts;
  parts.scheme = in_lower_case(address.substr(0, colon));
  if (parts.scheme != "https" && parts.scheme != "http") return std::nullopt;
  address.remove_prefix(colon + 3);
  const std::size_t end = std::min(address.find_first_of("/?#"), address.size());
  parts.rest = address.substr(end);
  if (!read_authority(address.substr(0, end), parts)) return std::nullopt;
  return parts;
}

}  // namespace

bool is_web_address(std::string_view address) { return parts_of(address).has_value(); }

std::string origin_of(std::string_view address) {
  const std::optional<Parts> parts = parts_of(address);
  return parts ? parts->origin() : std::string();
}

bool keeps_secrets(std::string_view address) {
  const std::optional<Parts> parts = parts_of(address);
  if (!parts) return false;
  const bool is_ipv4 = parts->host.find_first_not_of("0123456789.") == std::string::npos;
  return parts->scheme == "https" || parts->host == "localhost" || parts->host == "[::1]" ||
         (is_ipv4 && parts->host.starts_with("127."));
}

std::string resolve(const std::string& base, const std::string& location) {
  if (is_web_address(location)) return location;
  const std::optional<Parts> from = parts_of(base);
  if (!from || location.empty()) return {};
  std::string address;
  if (location.starts_with("//")) {
    address = from->scheme + ":" + location;
  } else if (location.starts_with('/')) {
    address = from->origin() + location;
  } else if (location.find("://") == std::string::npos) {
    const std::string path = from->rest.substr(0, from->rest.find_first_of("?#"));
    address = from->origin() + path.substr(0, path.rfind('/') + 1);
    if (path.empty()) address += '/';
    address += location;
  }
  return is_web_address(address) ? address : std::string();
}

std::string escaped(std::string_view text, std::string_view allowed) {
  std::string result;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') ||
                          std::string_view("-._~").find(c) != std::string_view::npos ||
                          allowed.find(c) != std::string_view::npos;
    result += is_plain
                  ? std::string(1, c)
                  : common::format("%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return result;
}

}  // namespace ringlet::pull
