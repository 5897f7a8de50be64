#include "source/ternary.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "numerics/half.hpp"
#include "source/errors.hpp"
#include "source/tensor_store.hpp"

namespace ringlet::convert {
namespace {

constexpr std::uint32_t weights_per_byte = 4;
constexpr float smallest_scale = 0x1p-14F;  // of INT4 groups

/// The codes of a matrix, in the file.
class Ternary {
 public:
  Ternary(StoredTensor codes, std::uint32_t rows, float scale)
      : codes_(std::move(codes)), packed_rows_(rows / weights_per_byte), scale_(scale) {}

  [[nodiscard]] int code(std::uint32_t row, std::uint32_t column) const {
    const std::uint64_t begin = codes_.offset + row % packed_rows_ * codes_.row_bytes();
    const std::byte* packed = codes_.file->bytes().data() + static_cast<std::size_t>(begin);
    return static_cast<int>(std::to_integer<unsigned>(packed[column]) >> 2 * (row / packed_rows_) &
                            3U) -
           1;
  }
  void read_row(std::uint32_t row, std::span<float> out) const {
    codes_.file->note_read(static_cast<std::size_t>(codes_.row_bytes()));
    for (std::uint32_t k = 0; k < out.size(); ++k) {
      if (code(row, k) > 1) fail(codes_.name, " has a weight that is not -1, 0 or 1 in row ", row);
      out[k] = static_cast<float>(code(row, k)) * scale_;
    }
  }
  [[nodiscard]] std::optional<QuantizedGroup> read_group(std::uint32_t row,
                                                         std::uint32_t group) const {
    QuantizedGroup result{.scale = float_to_half(scale_)};
    if (half_to_float(result.scale) != scale_ || scale_ < smallest_scale) return std::nullopt;
    const std::uint32_t first = group * packed::group_size;
    const auto columns = static_cast<std::uint32_t>(codes_.columns());
    const std::uint32_t count = std::min<std::uint32_t>(packed::group_size, columns - first);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (code(row, first + i) > 1) return std::nullopt;  // read_row() says it
      result.codes[i] = static_cast<std::int8_t>(code(row, first + i));
    }
    return result;
  }

 private:
  StoredTensor codes_;
  std::uint32_t packed_rows_;
  float scale_;
};

}  // namespace

std::optional<TernaryScale> read_ternary(const JsonField& config) {
  if (!config.has("quantization_config")) return std::nullopt;
  const JsonField fields = config.object("quantization_config");
  if (fields.text("quant_method", "") != "bitnet") return std::nullopt;
  const std::string mode = fields.text("quantization_mode", "offline");
  if (mode != "offline") {
    fields.refuse("quantization_mode '", mode,
                  "' rounds weights while the model runs; convert the packed model");
  }
  if (fields.flag("use_rms_norm", false)) fields.refuse("use_rms_norm is not supported");
  const std::string kind = fields.text("linear_class", "bitlinear");
  if (kind == "autobitlinear") return TernaryScale::factor;
  if (kind == "bitlinear") return TernaryScale::inverse;
  fields.refuse("linear_class '", kind, "' is not known; bitlinear and autobitlinear are");
}

SourceMatrix ternary_matrix(const std::string& where, const StoredTensor& codes,
                            const StoredTensor& scale, TernaryScale kind, std::uint32_t rows,
                            std::uint32_t columns) {
  const std::vector<std::uint64_t> shape = {rows / weights_per_byte, columns};
  if (rows % weights_per_byte != 0 || codes.shape != shape) {
    fail(where, " '", codes.name, "' is not ", rows, " by ", columns, " weights, four in a byte");
  }
  if (scale.rows() * scale.columns() != 1 || scale.type->decode == nullptr) {
    fail(where, " '", scale.name, "' is not one number");
  }
  float value = 0;
  scale.read(0, 0, {&value, 1});
  if (!(value > 0) || !std::isfinite(value)) {
    fail(where, " '", scale.name, "' = ", value, " must be positive");
  }
  const Ternary ternary(codes, rows, kind == TernaryScale::factor ? value : 1 / value);
  return {.name = codes.name,
          .rows = rows,
          .columns = columns,
          .read_row = [ternary](std::uint32_t row,
                                std::span<float> out) { ternary.read_row(row, out); },
          .codes = SourceCodes{"ternary", MatrixFormat::int4},
          .stored_as = MatrixFormat::int4,
          .read_group = [ternary](std::uint32_t row,
                                  std::uint32_t group) { return ternary.read_group(row, group); }};
}

}  // namespace ringlet::convert
