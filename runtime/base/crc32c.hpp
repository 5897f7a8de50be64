// CRC32C (Castagnoli polynomial, RFC 3720 appendix B.4), the checksum of model files and snapshots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ringlet {

/// Returns the CRC32C of `bytes`. Pass the result of an earlier call as `crc` to continue it.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes,
                                   std::uint32_t crc = 0) noexcept;

}  // namespace ringlet
