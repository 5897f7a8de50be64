// The one number: all the memory that a session will ever use, and what is in it.
#pragma once

#include "ringlet/language.hpp"  // first

#include <array>
#include <cstdint>
#include <span>

#include "ringlet/config.hpp"
#include "ringlet/model.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// One named part of the caller's memory. Sections whose lifetimes do not overlap share bytes: a
/// lifetime is the first and the last step of a layer (decoder/scratch.hpp names them) in which the
/// section is in use.
struct Section {
  const char* name = "";
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint8_t first_step = 0;
  std::uint8_t last_step = 0;

  [[nodiscard]] constexpr bool alive_with(const Section& other) const noexcept {
    return first_step <= other.last_step && other.first_step <= last_step;
  }
};

/// A pure function's result: where everything lies in the caller's memory. The layout is the same,
/// to the byte, on every target.
class MemoryPlan {
 public:
  static constexpr std::uint32_t max_sections = 32;
  static constexpr std::uint64_t alignment = 64;
  static constexpr std::uint8_t last_possible_step = 255;

  /// Bytes that the session needs, from the first to the last.
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

  [[nodiscard]] std::span<const Section> sections() const noexcept {
    return {sections_.data(), count_};
  }

  /// The section of that name, or null.
  [[nodiscard]] const Section* find(const char* name) const noexcept;

  /// Adds a section at the lowest offset where it overlaps no section that is alive at the same
  /// time. First fit in order of addition; sections that live for ever go first. Returns the
  /// offset.
  Result<std::uint64_t> add(const char* name, std::uint64_t bytes, std::uint8_t first_step = 0,
                            std::uint8_t last_step = last_possible_step) noexcept;

 private:
  std::array<Section, max_sections> sections_{};
  std::uint32_t count_ = 0;
  std::uint64_t total_ = 0;
};

/// Computes the memory that a session of this model and configuration uses. Pure: no allocation, no
/// state, and the same result on every target. Fails when the configuration does not fit the model
/// (context beyond training, no room for a window, zero sizes), naming the field.
Result<MemoryPlan> plan(const Model& model, const Config& config) noexcept;

/// The longest context whose plan fits into `bytes` with the other settings unchanged; 0 when none
/// does.
std::uint32_t longest_context(const Model& model, Config config, std::uint64_t bytes) noexcept;

}  // namespace ringlet
