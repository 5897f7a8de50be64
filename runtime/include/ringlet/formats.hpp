// How numbers are stored: weights in the model file, keys and values in the cache.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

namespace ringlet {

/// A token of the model's vocabulary.
using TokenId = std::uint32_t;

/// Storage of a weight matrix. Quantized formats have one fp16 scale per 32 columns
/// (4.5 and 8.5 bits per weight); see kernels/packed_layout.hpp.
enum class MatrixFormat : std::uint8_t { f32 = 0, f16 = 1, int8 = 2, int4 = 3 };

/// Storage of keys or values in the cache.
///
/// INT4 is for the cold part of a ring: the newest positions are INT8 (see cache/README.md).
enum class KvFormat : std::uint8_t { f32 = 0, f16 = 1, int8 = 2, int4 = 3 };

/// Whether a weight format stores codes with scales.
[[nodiscard]] constexpr bool is_integer(MatrixFormat format) noexcept {
  return format == MatrixFormat::int8 || format == MatrixFormat::int4;
}

/// Whether a cache format stores codes with scales.
[[nodiscard]] constexpr bool is_integer(KvFormat format) noexcept {
  return format == KvFormat::int8 || format == KvFormat::int4;
}

/// The formats of one layer's keys and values, which may differ.
struct KvFormats {
  KvFormat keys = KvFormat::int8;
  KvFormat values = KvFormat::int8;

  constexpr KvFormats() noexcept = default;
  // NOLINTNEXTLINE(google-explicit-constructor): one format is both
  constexpr KvFormats(KvFormat both) noexcept : keys(both), values(both) {}
  constexpr KvFormats(KvFormat for_keys, KvFormat for_values) noexcept
      : keys(for_keys), values(for_values) {}
  friend bool operator==(const KvFormats&, const KvFormats&) = default;
};

/// The short name that the command line and the reports use ("f32", "int8", "int4").
[[nodiscard]] const char* name_of(MatrixFormat format) noexcept;
[[nodiscard]] const char* name_of(KvFormat format) noexcept;

}  // namespace ringlet
