// Recognizes files of other formats that users might pass.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace ringlet::cli {

/// Returns one line that names the kind of a file that is not a model and the remedy, such as the
/// command to convert it, or an empty string if the kind is unknown.
[[nodiscard]] std::string describe_foreign_file(const std::string& path,
                                                std::span<const std::byte> bytes);

/// The same for a folder.
[[nodiscard]] std::string describe_foreign_folder(const std::string& path);

}  // namespace ringlet::cli
