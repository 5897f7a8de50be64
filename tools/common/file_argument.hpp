// Names of files on the command line.
#pragma once

#include <string>

namespace ringlet::common {

/// A check for options that take a file, as CLI11 expects: the error, or an empty string. An empty
/// name comes from a variable that is not set; to ignore it would leave out what the user asked
/// for.
inline std::string check_file_name(const std::string& name) {
  return name.empty() ? "is empty; name a file" : "";
}

}  // namespace ringlet::common
