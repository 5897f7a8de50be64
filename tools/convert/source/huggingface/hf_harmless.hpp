// Settings of config.json files that have no effect in the supported families.
#pragma once

#include <span>

#include "source/unread_settings.hpp"

namespace ringlet::convert {

/// Settings found in published configs or in the configuration classes of Transformers. A setting
/// with values is harmless only while it has one of them.
std::span<const HarmlessSetting> harmless_hf_settings();

}  // namespace ringlet::convert
