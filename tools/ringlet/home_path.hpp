// Expansion of paths that no shell has expanded.
#pragma once

#include <string>

namespace ringlet::cli {

/// Replaces "~" or "~/" at the beginning of a path by $HOME, if it is set.
[[nodiscard]] std::string expand_home(const std::string& path);

}  // namespace ringlet::cli
