// CRC32C (Castagnoli polynomial, RFC 3720 appendix B.4), the checksum of everything on disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ringlet {

/// The CRC32C of `bytes`; `crc` continues an earlier call.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes,
                                   std::uint32_t crc = 0) noexcept;

}  // namespace ringlet
