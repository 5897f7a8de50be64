// Folders of the user, by the XDG Base Directory Specification.
#pragma once

#include <string>

namespace ringlet::common {

/// The folder in the variable, such as XDG_DATA_HOME, or else `usual` in $HOME, such as
/// ".local/share". Empty if neither variable has an absolute path; the specification says to
/// ignore relative ones.
[[nodiscard]] std::string user_folder(const char* variable, const char* usual);

}  // namespace ringlet::common
