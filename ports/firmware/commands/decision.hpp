// What an application does with an answer: act, ask again, or ignore it.
#pragma once

#include <cstdint>
#include <string_view>

#include "ringlet/confidence.hpp"

namespace ringlet::port {

enum class Decision : std::uint8_t { act, ask, ignore };

/// The thresholds. README.md says what they cost.
inline constexpr float act_confidence = 0.5F;
/// To unlock, and to open what is or may be a door or a garage: what is said by its name.
inline constexpr float careful_confidence = 0.9F;
inline constexpr float ask_confidence = 0.1F;
/// Below it, the model wanted to say what the home does not have.
inline constexpr float least_allowed = 0.02F;

/// Decides about a complete answer. One that does nothing (`none`) is ignored.
[[nodiscard]] Decision decide(std::string_view answer, const Confidence& confidence) noexcept;

/// "act", "ask" or "ignore".
[[nodiscard]] const char* name_of(Decision decision) noexcept;

}  // namespace ringlet::port
