// Number formats of weights in the model file and of keys and values in the cache.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

namespace ringlet {

/// Index of a token in the model's vocabulary.
using TokenId = std::uint32_t;

/// Storage format of a weight matrix. int8 and int4 have one fp16 scale per group of 32 columns,
/// which makes 8.5 and 4.5 bits per weight. int8_rows and int4_rows are the same numbers row by
/// row, for tables of which a token reads a row.
enum class MatrixFormat : std::uint8_t {
  f32 = 0,
  f16 = 1,
  int8 = 2,
  int4 = 3,
  int8_rows = 4,
  int4_rows = 5
};

/// Storage format of keys or values in the cache. int4 applies to the cold tier of a ring; the
/// newest positions are kept in INT8 (Config::hot_window).
enum class KvFormat : std::uint8_t { f32 = 0, f16 = 1, int8 = 2, int4 = 3 };

/// Whether the format stores integer codes with scales.
[[nodiscard]] constexpr bool is_integer(MatrixFormat format) noexcept {
  return format >= MatrixFormat::int8;
}

/// Whether the format stores row after row, for a matrix that is only looked up.
[[nodiscard]] constexpr bool is_by_rows(MatrixFormat format) noexcept {
  return format >= MatrixFormat::int8_rows;
}

/// Whether the format stores integer codes with scales.
[[nodiscard]] constexpr bool is_integer(KvFormat format) noexcept {
  return format == KvFormat::int8 || format == KvFormat::int4;
}

/// The formats of one layer's keys and values, which can differ.
struct KvFormats {
  KvFormat keys = KvFormat::int8;
  KvFormat values = KvFormat::int8;

  constexpr KvFormats() noexcept = default;
  // NOLINTNEXTLINE(google-explicit-constructor): one format stands for both
  constexpr KvFormats(KvFormat both) noexcept : keys(both), values(both) {}
  constexpr KvFormats(KvFormat for_keys, KvFormat for_values) noexcept
      : keys(for_keys), values(for_values) {}
  friend bool operator==(const KvFormats&, const KvFormats&) = default;
};

/// Short name of a format, as command line and reports use it ("f32", "int8", "int4").
[[nodiscard]] const char* name_of(MatrixFormat format) noexcept;
[[nodiscard]] const char* name_of(KvFormat format) noexcept;

}  // namespace ringlet
