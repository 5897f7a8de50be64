#include "kernels/row_layout.hpp"

#include "kernels/as_built.hpp"
#include "numerics/half.hpp"

namespace ringlet {
namespace {

template <typename Number>
const Number* numbers_of(const PackedMatrix& table, std::size_t row) {
  return reinterpret_cast<const Number*>(table.codes) + row * table.columns;
}

}  // namespace

void read_table(const PackedMatrix& table, std::size_t row, std::size_t first, std::size_t count,
                float* y) noexcept {
  const bool int4 = table.format == MatrixFormat::int4_rows;
  const std::size_t group_bytes = int4 ? rows::int4_group_bytes : rows::int8_group_bytes;
  const std::size_t groups = packed::groups(std::size_t{table.columns});
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t k = first + i;
    if (is_f32(table.format)) {
      y[i] = numbers_of<float>(table, row)[k];
    } else if (is_f16(table.format)) {
      y[i] = half_to_float(numbers_of<std::uint16_t>(table, row)[k]);
    } else {
      const std::size_t group = row * groups + k / packed::group_size;
      const std::int32_t code =
          rows::code_at(int4, table.codes + group * group_bytes, k % packed::group_size);
      y[i] = static_cast<float>(code) * half_to_float(table.scales[group]);
    }
  }
}

}  // namespace ringlet
