// Spares a draft model the text that nobody asks it to continue.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <cstdint>

#include "ringlet/draft_length.hpp"

namespace ringlet {

/// Whether drafts pause: many tokens have been observed since the last draft, a few at a time. A
/// drafter that costs something to keep up drops its text then instead of reading it.
class DraftPause {
 public:
  /// `tokens` were observed at once. A prompt ends the pause.
  void observed(std::size_t tokens) noexcept {
    calls_ = tokens > DraftLength::most_costs ? 0 : calls_ + 1;
  }
  void drafted() noexcept { calls_ = 0; }

  [[nodiscard]] bool lasts() const noexcept { return calls_ > patience; }

  /// Text has been dropped; what was read before is of no more use.
  void drop() noexcept { has_dropped_ = true; }
  /// Returns whether text has been dropped since the last call.
  [[nodiscard]] bool take_dropped() noexcept {
    const bool dropped = has_dropped_;
    has_dropped_ = false;
    return dropped;
  }

 private:
  static constexpr std::uint32_t patience = 32;

  std::uint32_t calls_ = 0;  // of observed() since the last draft
  bool has_dropped_ = false;
};

}  // namespace ringlet
