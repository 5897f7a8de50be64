#include "quantize/panel_encoder.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/packed_layout.hpp"
#include "kernels/row_layout.hpp"
#include "numerics/half.hpp"
#include "quantize/compensation.hpp"
#include "quantize/quantize.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

constexpr float largest_half = 65504.0F;

float largest_weight(MatrixFormat format) {
  switch (format) {
    case MatrixFormat::int4:
      return largest_int4_weight;
    case MatrixFormat::int8:
      return largest_int8_weight;
    case MatrixFormat::f16:
      return largest_half;
    case MatrixFormat::f32:
    case MatrixFormat::int8_rows:
    case MatrixFormat::int4_rows:
      break;
  }
  return std::numeric_limits<float>::max();
}

/// The code of zero, for padding of rows and columns; in INT4, in both nibbles.
std::byte zero_codes(MatrixFormat format) {
  return format == MatrixFormat::int4
             ? std::byte{packed::int4_zero_code << 4 | packed::int4_zero_code}
             : std::byte{0};
}

std::size_t panel_bytes(MatrixFormat format) {
  return format == MatrixFormat::int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
}

void place_int4(std::span<std::byte> block, std::uint32_t row, const QuantizedGroup& group) {
  for (std::size_t kk = 0; kk < packed::group_size / 2; ++kk) {
    const auto low = static_cast<unsigned>(group.codes[kk] + packed::int4_zero_code);
    const auto high = static_cast<unsigned>(group.codes[kk + 16] + packed::int4_zero_code);
    block[packed::int4_byte(row, kk)] = static_cast<std::byte>(high << 4 | low);
  }
}

void place_int8(std::span<std::byte> block, std::uint32_t row, const QuantizedGroup& group) {
  for (std::size_t kk = 0; kk < packed::group_size; ++kk) {
    block[packed::int8_byte(row, kk)] = std::bit_cast<std::byte>(group.codes[kk]);
  }
}

MatrixFormat numbers_of(MatrixFormat format) {
  if (format == MatrixFormat::int8_rows) return MatrixFormat::int8;
  return format == MatrixFormat::int4_rows ? MatrixFormat::int4 : format;
}

std::size_t row_group_bytes(MatrixFormat format) {
  return format == MatrixFormat::int4 ? rows::int4_group_bytes : rows::int8_group_bytes;
}

void place_in_row(std::span<std::byte> block, const QuantizedGroup& group) {
  const bool int4 = block.size() == rows::int4_group_bytes;
  for (std::size_t kk = 0; kk < block.size(); ++kk) {
    const auto low = static_cast<unsigned>(group.codes[kk] + packed::int4_zero_code);
    block[kk] = std::bit_cast<std::byte>(group.codes[kk]);
    if (!int4) continue;
    const auto high = static_cast<unsigned>(group.codes[kk + 16] + packed::int4_zero_code);
    block[kk] = static_cast<std::byte>(high << 4 | low);
  }
}

}  // namespace

PanelEncoder::PanelEncoder(const SourceMatrix& matrix, MatrixFormat format)
    : matrix_(matrix),
      format_(numbers_of(format)),
      by_rows_(is_by_rows(format)),
      row_(packed::padded_columns(matrix.columns)),
      importance_(row_.size(), 1.0F) {
  if (matrix.inputs == nullptr || format_ != MatrixFormat::int4 || matrix.stored_as == format_) {
    return;
  }
  normalize_importance(matrix.inputs->importance);
  if (matrix.inputs->make_factor) factor_ = matrix.inputs->make_factor();
}

/// Normalized to a mean of 1, with a minimum, so that every weight counts.
void PanelEncoder::normalize_importance(const std::vector<float>& importance) {
  constexpr double least = 1e-3;
  double sum = 0;
  for (const float value : importance) sum += value;
  if (!(sum > 0)) return;
  const double mean = sum / static_cast<double>(importance.size());
  for (std::size_t i = 0; i < importance.size(); ++i) {
    importance_[i] = static_cast<float>(std::max(importance[i] / mean, least));
  }
}

std::uint32_t PanelEncoder::panel_count() const {
  return static_cast<std::uint32_t>(packed::panels(matrix_.rows));
}

void PanelEncoder::encode(std::uint32_t panel) {
  const std::uint32_t first_row = panel * packed::panel_rows;
  const std::uint32_t rows = std::min(packed::panel_rows, matrix_.rows - first_row);
  if (is_integer(format_)) return encode_packed(first_row, rows);
  if (format_ == MatrixFormat::f16) return encode_halves(first_row, rows);
  const std::size_t row_bytes = matrix_.columns * sizeof(float);
  codes_.resize(rows * row_bytes);
  for (std::uint32_t i = 0; i < rows; ++i) {
    read_row(first_row + i);
    std::memcpy(codes_.data() + i * row_bytes, row_.data(), row_bytes);
  }
}

void PanelEncoder::encode_halves(std::uint32_t first_row, std::uint32_t rows) {
  codes_.resize(std::size_t{rows} * matrix_.columns * sizeof(std::uint16_t));
  std::byte* to = codes_.data();
  for (std::uint32_t i = 0; i < rows; ++i) {
    read_row(first_row + i);
    for (std::uint32_t k = 0; k < matrix_.columns; ++k, to += sizeof(std::uint16_t)) {
      const std::uint16_t half = float_to_half(row_[k]);
      std::memcpy(to, &half, sizeof(half));
      const double error = double{row_[k]} - double{half_to_float(half)};
      squared_error_ += error * error;
      squared_weights_ += double{row_[k]} * row_[k];
    }
  }
}

void PanelEncoder::encode_packed(std::uint32_t first_row, std::uint32_t rows) {
  const std::size_t groups = packed::groups(matrix_.columns);
  if (by_rows_) {
    codes_.assign(rows * groups * row_group_bytes(format_), zero_codes(format_));
    scales_.assign(rows * groups * sizeof(std::uint16_t), std::byte{0});
  } else {
    codes_.assign(groups * panel_bytes(format_), zero_codes(format_));
    scales_.assign(groups * packed::panel_rows * sizeof(std::uint16_t), std::byte{0});
  }
  for (std::uint32_t i = 0; i < rows; ++i) {
    read_row(first_row + i);
    for (const float weight : row_) squared_weights_ += double{weight} * weight;
    const std::vector<QuantizedGroup> quantized = quantize(first_row + i);
    for (std::size_t group = 0; group < groups; ++group) {
      place_group(first_row + i, group, quantized[group]);
    }
  }
}

/// Returns every group of the current row: as stored by the source if it has this format, otherwise
/// quantized.
std::vector<QuantizedGroup> PanelEncoder::quantize(std::uint32_t row) {
  if (!factor_.empty()) return quantize_compensated(row_, importance_, factor_, matrix_.columns);
  std::vector<QuantizedGroup> groups;
  for (std::uint32_t group = 0; group < packed::groups(matrix_.columns); ++group) {
    const std::size_t first = std::size_t{group} * packed::group_size;
    const GroupWeights weights(row_.data() + first, packed::group_size);
    const GroupImportance importance(importance_.data() + first, packed::group_size);
    std::optional<QuantizedGroup> found;
    if (matrix_.stored_as == format_) found = matrix_.read_group(row, group);
    if (!found) {
      found = format_ == MatrixFormat::int4 ? quantize_int4(weights, importance)
                                            : quantize_int8(weights);
    }
    groups.push_back(*found);
  }
  return groups;
}

void PanelEncoder::place_group(std::uint32_t row, std::size_t group,
                               const QuantizedGroup& quantized) {
  const std::uint32_t row_in_panel = row % packed::panel_rows;
  const std::size_t groups = packed::groups(matrix_.columns);
  const std::size_t in_rows = row_in_panel * groups + group;
  if (by_rows_) {
    const std::size_t bytes = row_group_bytes(format_);
    place_in_row(std::span(codes_).subspan(in_rows * bytes, bytes), quantized);
  } else {
    const auto block =
        std::span(codes_).subspan(group * panel_bytes(format_), panel_bytes(format_));
    format_ == MatrixFormat::int4 ? place_int4(block, row_in_panel, quantized)
                                  : place_int8(block, row_in_panel, quantized);
  }
  const std::size_t scale = by_rows_ ? in_rows : packed::scale_index(row_in_panel, group, groups);
  std::memcpy(scales_.data() + scale * sizeof(std::uint16_t), &quantized.scale,
              sizeof(std::uint16_t));
  squared_error_ += quantized.squared_error;
}

void PanelEncoder::read_row(std::uint32_t row) {
  matrix_.read_row(row, std::span(row_).first(matrix_.columns));
  check_row(row);
}

void PanelEncoder::check_row(std::uint32_t row) const {
  const float largest = largest_weight(format_);
  for (std::uint32_t column = 0; column < matrix_.columns; ++column) {
    const float weight = row_[column];
    if (std::abs(weight) <= largest) continue;  // false for NaN
    const auto& name = matrix_.name;
    if (!std::isfinite(weight)) {
      fail(name, " has a weight that is not finite (", weight, ") in row ", row, ", column ",
           column, "; the source is damaged or its training diverged");
    }
    fail(name, " has a weight too large for ", name_of(format_), " (", weight, ") in row ", row,
         ", column ", column, "; store this model as f32");
  }
}

double PanelEncoder::relative_error() const {
  return squared_weights_ > 0 ? std::sqrt(squared_error_ / squared_weights_) : 0;
}

}  // namespace ringlet::convert
