#include "source/fp8.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "source/errors.hpp"
#include "source/tensor_store.hpp"

namespace ringlet::convert {
namespace {

std::uint64_t parts(std::uint64_t size, std::uint32_t part) {
  return part == 0 ? 1 : (size + part - 1) / part;
}

}  // namespace

std::optional<Fp8Blocks> read_fp8(const JsonField& config) {
  if (!config.has("quantization_config")) return std::nullopt;
  const JsonField fields = config.object("quantization_config");
  if (fields.text("quant_method", "") != "fp8") return std::nullopt;
  const std::string format = fields.text("fmt", "e4m3");
  if (format != "e4m3") fields.refuse("fmt '", format, "' is not supported; e4m3 is");
  // Transformers' default is blocks; null means one scale for a matrix.
  const auto named = fields.value().find("weight_block_size");
  if (named == fields.value().end()) return Fp8Blocks{128, 128};
  if (!fields.has("weight_block_size")) return Fp8Blocks{};
  const std::vector<std::uint64_t> size = fields.sizes("weight_block_size");
  if (size.size() != 2 || size[0] == 0 || size[1] == 0 || size[0] > UINT32_MAX ||
      size[1] > UINT32_MAX) {
    fields.refuse("weight_block_size must be a number of rows and one of columns");
  }
  return Fp8Blocks{static_cast<std::uint32_t>(size[0]), static_cast<std::uint32_t>(size[1])};
}

float fp8_e4m3(std::uint8_t code) {
  const int exponent = code >> 3 & 15;
  const int mantissa = code & 7;
  if (exponent == 15 && mantissa == 7) return std::numeric_limits<float>::quiet_NaN();
  const float magnitude = exponent == 0
                              ? std::ldexp(static_cast<float>(mantissa), -9)
                              : std::ldexp(static_cast<float>(8 + mantissa), exponent - 10);
  return (code & 0x80) != 0 ? -magnitude : magnitude;
}

SourceMatrix fp8_matrix(const std::string& where, const StoredTensor& codes,
                        const StoredTensor& scales, Fp8Blocks blocks, std::uint32_t rows,
                        std::uint32_t columns) {
  if (codes.shape != std::vector<std::uint64_t>{rows, columns}) {
    fail(where, " '", codes.name, "' is not ", rows, " by ", columns, " numbers");
  }
  const bool whole = blocks.rows == 0;
  const std::vector<std::uint64_t> shape = {parts(rows, blocks.rows),
                                            parts(columns, blocks.columns)};
  const bool fits = whole ? scales.rows() * scales.columns() == 1 : scales.shape == shape;
  if (!fits || scales.type->decode == nullptr) {
    fail(where, " '", scales.name, "' must have ", shape[0], " by ", shape[1], " floats");
  }
  const auto read_row = [codes, scales, blocks](std::uint32_t row, std::span<float> out) {
    std::vector<float> scale(scales.columns());
    scales.read(blocks.rows == 0 ? 0 : row / blocks.rows, 0, scale);
    const std::byte* numbers = codes.file->bytes().data() + codes.offset + row * codes.row_bytes();
    codes.file->note_read(static_cast<std::size_t>(codes.row_bytes()));
    for (std::size_t k = 0; k < out.size(); ++k) {
      out[k] = fp8_e4m3(std::to_integer<std::uint8_t>(numbers[k])) *
               scale[blocks.columns == 0 ? 0 : k / blocks.columns];
    }
  };
  return {.name = codes.name,
          .rows = rows,
          .columns = columns,
          .read_row = read_row,
          .codes = SourceCodes{"F8_E4M3", MatrixFormat::int8}};
}

}  // namespace ringlet::convert
