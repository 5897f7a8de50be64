#include "calibrate/int4_planes.hpp"

#include "kernels/packed_layout.hpp"

namespace ringlet::convert {
namespace {

constexpr std::size_t half_group = packed::group_size / 2;

std::size_t block_of(std::uint32_t row, std::uint32_t group, std::uint32_t columns) {
  return packed::block(row / packed::panel_rows, group, packed::groups(columns)) *
         packed::int4_panel_bytes;
}

}  // namespace

Int4Planes::Int4Planes(std::uint32_t height, std::uint32_t width)
    : rows(height),
      columns(width),
      codes(static_cast<std::size_t>(packed::int4_bytes(height, width)),
            packed::int4_zero_code << 4 | packed::int4_zero_code),
      scales(static_cast<std::size_t>(packed::scale_bytes(height, width) / sizeof(std::uint16_t))) {
}

void Int4Planes::set(std::uint32_t row, std::uint32_t group, const QuantizedGroup& quantized) {
  std::uint8_t* block = codes.data() + block_of(row, group, columns);
  for (std::size_t kk = 0; kk < half_group; ++kk) {
    const int low = quantized.codes[kk] + packed::int4_zero_code;
    const int high = quantized.codes[kk + half_group] + packed::int4_zero_code;
    block[packed::int4_byte(row % packed::panel_rows, kk)] =
        static_cast<std::uint8_t>(high << 4 | low);
  }
  scales[packed::scale_index(row, group, packed::groups(columns))] = quantized.scale;
}

QuantizedGroup Int4Planes::get(std::uint32_t row, std::uint32_t group) const {
  const std::uint8_t* block = codes.data() + block_of(row, group, columns);
  QuantizedGroup result;
  result.scale = scales[packed::scale_index(row, group, packed::groups(columns))];
  for (std::size_t kk = 0; kk < half_group; ++kk) {
    const std::uint8_t both = block[packed::int4_byte(row % packed::panel_rows, kk)];
    result.codes[kk] = static_cast<std::int8_t>((both & 15) - packed::int4_zero_code);
    result.codes[kk + half_group] = static_cast<std::int8_t>((both >> 4) - packed::int4_zero_code);
  }
  return result;
}

std::uint64_t Int4Planes::bytes(std::uint32_t height, std::uint32_t width) {
  return packed::int4_bytes(height, width) + packed::scale_bytes(height, width);
}

}  // namespace ringlet::convert
