#include "leds.hpp"

// From the board's linker script: its address is that of the register, or 0. Weak, so that the
// compiler does not take for granted that it is another.
extern "C" {
[[gnu::weak]] extern std::uint32_t led_register[];
}

namespace ringlet::port {
namespace {

volatile std::uint32_t& led_word() { return *static_cast<volatile std::uint32_t*>(led_register); }

}  // namespace

bool has_leds() noexcept { return reinterpret_cast<std::uintptr_t>(led_register) != 0; }

std::uint32_t leds() noexcept { return led_word(); }

void set_leds(std::uint32_t bits) noexcept { led_word() = bits; }

}  // namespace ringlet::port
