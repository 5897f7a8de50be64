// Files that people have at hand and that are not model files of this program.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace ringlet::cli {

/// One line that says what the file is and how to convert it, or an empty string when it is none of
/// the formats that ringlet-convert reads. Looks at the first bytes only.
[[nodiscard]] std::string describe_foreign_file(const std::string& path,
                                                std::span<const std::byte> bytes);

}  // namespace ringlet::cli
