// The lamps of the house that are lamps of the board. A product has its own table here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "actions.hpp"

namespace ringlet::port {

struct Light {
  std::string_view name;
  std::string_view area;
};

/// Light n is lamp n of the board.
inline constexpr std::array<Light, 2> house_lights = {{
    {.name = "ceiling light", .area = "kitchen"},
    {.name = "desk lamp", .area = "office"},
}};

/// Where the board is: what is meant where no room was said.
inline constexpr std::string_view own_area = "kitchen";

/// Which lights an action is about, a bit for each. None for what is to be done later, or with
/// exceptions.
[[nodiscard]] std::uint32_t lights_of(const Action& action) noexcept;

/// The state of all lights after an action, from that before it.
[[nodiscard]] std::uint32_t switched(std::uint32_t lights, const Action& action) noexcept;

}  // namespace ringlet::port
