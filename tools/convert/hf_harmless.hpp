// Settings of config.json files that change nothing in the families that are read here.
#pragma once

#include <span>

#include "unread_settings.hpp"

namespace ringlet::convert {

/// All that the project has met in published configs, or found in the configuration classes of
/// Transformers. A setting with values changes nothing only while it has one of them.
std::span<const HarmlessSetting> harmless_hf_settings();

}  // namespace ringlet::convert
