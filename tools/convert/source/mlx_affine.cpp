#include "source/mlx_affine.hpp"

#include <cstring>
#include <string_view>

#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

constexpr std::uint32_t word_bits = 32;

using Shape = std::vector<std::uint64_t>;

void check_floats(const std::string& where, const StoredTensor& tensor, const Shape& shape) {
  if (tensor.shape == shape && tensor.type->decode != nullptr) return;
  fail(where, " '", tensor.name, "' does not fit its codes: it must have ", shape[0], " by ",
       shape[1], " floats");
}

}  // namespace

std::optional<MlxAffineFormat> read_mlx_affine(const JsonField& config) {
  if (!config.has("quantization")) return std::nullopt;
  const JsonField fields = config.object("quantization");
  const std::string mode = fields.text("mode", "affine");
  if (mode != "affine") fields.refuse("mode '", mode, "' is not supported; affine is");
  for (const auto& [name, value] : fields.value().items()) {
    if (value.is_object()) {
      fields.refuse("'", name, "' has codes of its own; one kind for the whole model is supported");
    }
  }
  const MlxAffineFormat format{fields.count("bits"), fields.count("group_size")};
  if (format.bits != 2 && format.bits != 4 && format.bits != 8) {
    fields.refuse("bits = ", format.bits, " is not supported; 2, 4 and 8 are");
  }
  return format;
}

SourceMatrix mlx_affine_matrix(const std::string& where, const StoredTensor& codes,
                               const StoredTensor& scales, const StoredTensor& biases,
                               MlxAffineFormat format, std::uint32_t rows, std::uint32_t columns) {
  const std::uint64_t words = std::uint64_t{columns} * format.bits / word_bits;
  if (codes.shape != Shape{rows, words} || columns % format.group != 0 ||
      std::uint64_t{columns} * format.bits % word_bits != 0) {
    fail(where, " '", codes.name, "' is not ", rows, " by ", columns, " codes of ", format.bits,
         " bits in groups of ", format.group);
  }
  const Shape groups{rows, columns / format.group};
  check_floats(where, scales, groups);
  check_floats(where, biases, groups);
  const auto read_row = [codes, scales, biases, format](std::uint32_t row, std::span<float> out) {
    std::vector<float> scale(scales.columns());
    std::vector<float> bias(scales.columns());
    scales.read(row, 0, scale);
    biases.read(row, 0, bias);
    const std::byte* words_of_row =
        codes.file->bytes().data() + codes.offset + row * codes.row_bytes();
    codes.file->note_read(codes.row_bytes());
    for (std::size_t k = 0; k < out.size(); ++k) {
      const std::size_t bit = k * format.bits;
      std::uint32_t word = 0;
      std::memcpy(&word, words_of_row + bit / word_bits * sizeof(word), sizeof(word));
      const std::uint32_t code = word >> bit % word_bits & ((1U << format.bits) - 1);
      out[k] = static_cast<float>(code) * scale[k / format.group] + bias[k / format.group];
    }
  };
  const std::string type = "MLX affine " + std::to_string(format.bits) + "-bit";
  return {.name = codes.name,
          .rows = rows,
          .columns = columns,
          .read_row = read_row,
          .codes = SourceCodes{type, MatrixFormat::int8}};
}

}  // namespace ringlet::convert
