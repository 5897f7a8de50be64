// The lamps of a board, whose register is named in its memory.ld (led_register).
#pragma once

#include <cstdint>

namespace ringlet::port {

/// Whether the board has such a register.
[[nodiscard]] bool has_leds() noexcept;

/// Reads the register: bit n is lamp n.
[[nodiscard]] std::uint32_t leds() noexcept;

/// Switches all lamps. Bits of lamps that the board does not have are ignored.
void set_leds(std::uint32_t bits) noexcept;

}  // namespace ringlet::port
