// Human-readable sizes: 4096, 64K, 64MiB, 1.5G.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ringlet::cli {

/// Parses a count or size: digits and a unit in upper or lower case. K, M and G, and also KiB, MiB
/// and GiB, are 2^10, 2^20 and 2^30. KB, MB and GB are powers of 1000. Before a unit the number can
/// have up to nine decimals; fractions of a byte are dropped. Empty if the text is not such a
/// number or the value does not fit.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace ringlet::cli
