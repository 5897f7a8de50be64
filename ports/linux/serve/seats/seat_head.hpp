// The beginning of a saved seat's file: what the snapshot behind it holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ringlet/formats.hpp"

namespace ringlet::serve {

struct SeatHead {
  std::vector<TokenId> tokens = {};
  std::size_t bytes = 0;  // of the head, a multiple of 64; the snapshot follows
};

/// The bytes of a head: sizes, tokens and a checksum. They depend on the machine's byte order, as
/// the name of the format says.
[[nodiscard]] std::string write_head(std::span<const TokenId> tokens);

/// Reads a head from the beginning of a file; nothing if it is damaged or of another version.
[[nodiscard]] std::optional<SeatHead> read_head(std::string_view bytes);

/// The size of the head that begins with these bytes, at least `head_start` of them, so that only
/// the head need be read; 0 if it is none.
inline constexpr std::size_t head_start = 64;
[[nodiscard]] std::size_t head_bytes(std::string_view bytes);

}  // namespace ringlet::serve
