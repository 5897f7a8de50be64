// JSON files of a source.
#pragma once

#include <filesystem>

#include "common/json.hpp"

namespace ringlet::convert {

using common::JsonDocument;
using common::JsonField;

/// Reads a file. Throws std::runtime_error with one sentence if that is impossible or it is not
/// JSON.
JsonDocument read_json(const std::filesystem::path& path,
                       common::IgnoredSettings* ignored = nullptr);

}  // namespace ringlet::convert
