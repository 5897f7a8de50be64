#include "home_path.hpp"

#include <cstdlib>

namespace ringlet::cli {

std::string expand_home(const std::string& path) {
  const char* home = std::getenv("HOME");
  if (home == nullptr || (path != "~" && !path.starts_with("~/"))) return path;
  return home + path.substr(1);
}

}  // namespace ringlet::cli
