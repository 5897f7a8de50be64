#include "common/user_folder.hpp"

#include <cstdlib>

namespace ringlet::common {

std::string user_folder(const char* variable, const char* usual) {
  if (const char* folder = std::getenv(variable); folder != nullptr && folder[0] == '/') {
    return folder;
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || home[0] != '/') return {};
  return std::string(home) + "/" + usual;
}

}  // namespace ringlet::common
