// Homes as Home Assistant stores them.
#pragma once

#include <string>

#include "home.hpp"

namespace ringlet::grammar {

/// Reads the registries of Home Assistant (homeassistant/helpers/*_registry.py) in `folder`, which
/// is its folder `.storage` or the one around it. Takes the entities that voice assistants may use:
/// not disabled, not hidden, of a known kind, and exposed to Assist. A thing whose name the model
/// cannot have is left out with a note. Throws port::Failure, naming the file.
[[nodiscard]] Home read_home_registries(const std::string& folder);

}  // namespace ringlet::grammar
