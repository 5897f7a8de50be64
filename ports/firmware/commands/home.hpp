// A home in flash: what tools/commands-model/make_home.py writes. It changes without a compiler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ringlet/config.hpp"
#include "ringlet/grammar.hpp"
#include "ringlet/model.hpp"
#include "ringlet/status.hpp"

namespace ringlet::port {

/// The flash that a home can take.
inline constexpr std::size_t home_bytes = std::size_t{1} << 20;

/// The parts of a home, read in place.
struct Home {
  std::span<const std::byte> prefix;  // a snapshot of the model, which has read the home
  WordLists lists;                    // the words of the home for the grammar
  std::uint32_t tokens = 0;           // of the prefix, all of which are sinks
};

/// Opens the home that begins at `flash`, which must be aligned to 64. Errors, naming `home` and
/// its part: invalid_argument if there is none, or if it was made for another model or grammar;
/// those of snapshot_info() and WordLists::open().
Result<Home> open_home(std::span<const std::byte> flash, const Model& model,
                       const Grammar& grammar) noexcept;

/// The configuration of a session for a home: `planned`, whose window behind the sinks stays, with
/// the sinks of this home. Takes the memory that was planned. Error: out_of_range if the model has
/// no positions for so many.
Result<Config> config_for(const Home& home, const Config& planned, const Model& model) noexcept;

}  // namespace ringlet::port
