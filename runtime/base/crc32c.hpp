// CRC32C (Castagnoli polynomial, RFC 3720 appendix B.4), the checksum of model files and snapshots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ringlet {

// Processors with an instruction for CRC32C: x86-64 is asked when the program runs, 64-bit ARM if
// the compiler may use the instruction. Everywhere else a function call goes straight to the table.
#if defined(__x86_64__) || (defined(__aarch64__) && defined(__ARM_FEATURE_CRC32))
#define RINGLET_HAS_CRC32C_INSTRUCTION 1
#else
#define RINGLET_HAS_CRC32C_INSTRUCTION 0
#endif

/// Returns the CRC32C of `bytes`. Pass the result of an earlier call as `crc` to continue it.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes,
                                   std::uint32_t crc = 0) noexcept;

/// The same by table, on any processor.
[[nodiscard]] std::uint32_t crc32c_by_table(std::span<const std::byte> bytes,
                                            std::uint32_t crc = 0) noexcept;

#if RINGLET_HAS_CRC32C_INSTRUCTION
/// The same by instruction, about ten times as fast. Only if this processor has it.
[[nodiscard]] std::uint32_t crc32c_by_instruction(std::span<const std::byte> bytes,
                                                  std::uint32_t crc = 0) noexcept;

/// Whether this processor has the instruction. Before the compiler's library has examined an x86
/// processor the answer is no.
[[nodiscard]] inline bool has_crc32c_instruction() noexcept {
#if defined(__SSE4_2__) || defined(__ARM_FEATURE_CRC32)
  return true;
#else
  return __builtin_cpu_supports("sse4.2") != 0;
#endif
}

inline std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc) noexcept {
  return has_crc32c_instruction() ? crc32c_by_instruction(bytes, crc) : crc32c_by_table(bytes, crc);
}
#else
inline std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc) noexcept {
  return crc32c_by_table(bytes, crc);
}
#endif

}  // namespace ringlet
