// The planes of an INT4 matrix in memory (layout: kernels/packed_layout.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "source/quantized_group.hpp"

namespace ringlet::convert {

struct Int4Planes {
  Int4Planes(std::uint32_t height, std::uint32_t width);

  void set(std::uint32_t row, std::uint32_t group, const QuantizedGroup& quantized);
  /// The group without its errors.
  [[nodiscard]] QuantizedGroup get(std::uint32_t row, std::uint32_t group) const;

  [[nodiscard]] static std::uint64_t bytes(std::uint32_t height, std::uint32_t width);

  std::uint32_t rows;
  std::uint32_t columns;
  std::vector<std::uint8_t> codes;
  std::vector<std::uint16_t> scales;
};

}  // namespace ringlet::convert
