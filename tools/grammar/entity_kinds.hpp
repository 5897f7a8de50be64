// Which entities of Home Assistant are devices that a command can name.
#pragma once

#include <string_view>

namespace ringlet::grammar {

/// The kind of an entity by its domain and device class, one of device_kinds; empty for others.
[[nodiscard]] std::string_view kind_of_entity(std::string_view domain,
                                              std::string_view device_class);

/// Whether an entity of a known kind is exposed to Assist where its options do not say it
/// (homeassistant/components/homeassistant/exposed_entities.py): all but some sensors.
[[nodiscard]] bool is_exposed_by_default(std::string_view domain, std::string_view device_class);

}  // namespace ringlet::grammar
