// Homes that people write by hand, in YAML.
#pragma once

#include <string>

#include "home.hpp"

namespace ringlet::grammar {

/// Reads a home:
///
///     areas:
///       kitchen: {light: [ceiling light, {strip: led strip}], blind: left blind}
///       hall: {aliases: corridor}
///     floors: [upstairs, downstairs]
///     house: {scene: movie night, lock: front door}
///
/// A name is a text, or a map from it to its aliases. Names become spoken ones. Throws
/// port::Failure, with the source and the line; and if this program was built without yaml-cpp.
[[nodiscard]] Home read_home_yaml(const std::string& text, const std::string& source);

}  // namespace ringlet::grammar
