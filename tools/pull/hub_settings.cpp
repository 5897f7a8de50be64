#include "pull/hub_settings.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <vector>

#include "common/errors.hpp"
#include "pull/address.hpp"

namespace ringlet::pull {
namespace {

/// The value of a variable; empty if it is not set.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_true(const std::string& value) {
  const std::vector<std::string> yes = {"1", "ON", "YES", "TRUE", "on", "yes", "true"};
  return std::find(yes.begin(), yes.end(), value) != yes.end();
}

std::string without_blanks(const std::string& text) {
  constexpr const char* blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

std::string token_path() {
  if (std::string path = variable("HF_TOKEN_PATH"); !path.empty()) return path;
  if (const std::string home = variable("HF_HOME"); !home.empty()) return home + "/token";
  if (const std::string cache = variable("XDG_CACHE_HOME"); !cache.empty()) {
    return cache + "/huggingface/token";
  }
  const std::string home = variable("HOME");
  return home.empty() ? "" : home + "/.cache/huggingface/token";
}

std::string first_line(const std::string& path) {
  constexpr std::size_t longest = 4096;
  std::ifstream file(path);
  std::string line;
  // A token is one line; whatever is longer is another file.
  for (char c = 0; line.size() <= longest && file.get(c) && c != '\n';) line += c;
  return line.size() > longest ? std::string() : line;
}

/// A token becomes a line of a request, so it must not contain another.
void check_token(const HubSettings& settings) {
  const auto is_plain = [](char c) { return c > ' ' && c <= '~'; };
  if (std::all_of(settings.token.begin(), settings.token.end(), is_plain)) return;
  common::fail(settings.token_from, ": is not a token of the hub; it has blanks inside");
}

void read_token(HubSettings& settings) {
  for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
    settings.token = without_blanks(variable(name));
    settings.token_from = name;
    if (!settings.token.empty()) return check_token(settings);
  }
  settings.token_from = token_path();
  settings.token = without_blanks(first_line(settings.token_from));
  check_token(settings);
}

void read_endpoint(HubSettings& settings) {
  std::string endpoint = without_blanks(variable("HF_ENDPOINT"));
  if (endpoint.empty()) return;
  while (endpoint.ends_with('/')) endpoint.pop_back();
  if (!is_web_address(endpoint)) {
    common::fail("HF_ENDPOINT: '", endpoint, "' is not an address; write https://HOST");
  }
  settings.endpoint = endpoint;
}

void read_timeout(HubSettings& settings) {
  const std::string text = variable("HF_HUB_DOWNLOAD_TIMEOUT");
  if (text.empty()) return;
  constexpr std::uint32_t longest = 3600;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), settings.stall_seconds);
  if (error != std::errc() || end != text.data() + text.size() || settings.stall_seconds == 0 ||
      settings.stall_seconds > longest) {
    common::fail("HF_HUB_DOWNLOAD_TIMEOUT: '", text, "' is not a number of seconds from 1 to 3600");
  }
}

}  // namespace

HubSettings hub_settings() {
  if (is_true(variable("HF_HUB_OFFLINE"))) {
    throw port::Failure("HF_HUB_OFFLINE is set, so nothing can be pulled; unset it");
  }
  HubSettings settings;
  read_endpoint(settings);
  read_token(settings);
  read_timeout(settings);
  if (!settings.token.empty() && !keeps_secrets(settings.endpoint)) {
    common::fail("HF_ENDPOINT: ", settings.endpoint,
                 " is not encrypted and would show the token of ", settings.token_from,
                 " to the network; use https, or unset the token");
  }
  return settings;
}

}  // namespace ringlet::pull
