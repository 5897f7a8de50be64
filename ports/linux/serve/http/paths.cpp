#include "serve/http/paths.hpp"

#include <algorithm>
#include <array>

namespace ringlet::serve {
namespace {

constexpr std::array<std::string_view, 5> read_paths = {"/", "/health", "/v1/models", "/metrics",
                                                        "/plan"};
constexpr std::array<std::string_view, 4> post_paths = {"/v1/chat/completions", "/v1/completions",
                                                        "/tokenize", "/detokenize"};

template <std::size_t n>
bool has(const std::array<std::string_view, n>& paths, std::string_view path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

}  // namespace

std::string plain_path(std::string_view path) {
  std::string plain;
  for (const char sign : path) {
    if (sign != '/' || !plain.ends_with('/')) plain += sign;
  }
  if (plain.size() > 1 && plain.ends_with('/')) plain.pop_back();
  return plain;
}

bool is_path(std::string_view path) {
  return has(read_paths, path) || has(post_paths, path) || path.starts_with(one_model);
}

std::string_view method_of(std::string_view path) { return has(post_paths, path) ? "POST" : "GET"; }

}  // namespace ringlet::serve
