#include "quantize/panel_encoder.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/packed_layout.hpp"
#include "kernels/row_layout.hpp"
#include "numerics/half.hpp"
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

QuantizedGroup with_error(QuantizedGroup group, GroupWeights weights) {
  const double scale = half_to_float(group.scale);
  group.squared_error = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double error = weights[i] - scale * group.codes[i];
    group.squared_error += error * error;
  }
  return group;
}

}  // namespace

PanelEncoder::PanelEncoder(const SourceMatrix& matrix, MatrixFormat format)
    : matrix_(matrix),
      format_(numbers_of(format)),
      by_rows_(is_by_rows(format)),
      padded_columns_(packed::padded_columns(matrix.columns)) {}

std::uint32_t PanelEncoder::panel_count() const {
  return static_cast<std::uint32_t>(packed::panels(matrix_.rows));
}

std::span<float> PanelEncoder::row_of(Panel& panel, std::uint32_t row) const {
  return std::span(panel.weights).subspan(row * padded_columns_, padded_columns_);
}

void PanelEncoder::read(std::uint32_t number, Panel& panel) {
  panel.first_row = number * packed::panel_rows;
  panel.rows = std::min(packed::panel_rows, matrix_.rows - panel.first_row);
  panel.weights.assign(panel.rows * padded_columns_, 0.0F);
  panel.stored.clear();
  const bool keeps_codes = is_integer(format_) && matrix_.stored_as == format_;
  for (std::uint32_t i = 0; i < panel.rows; ++i) {
    const std::span<float> weights = row_of(panel, i).first(matrix_.columns);
    matrix_.read_row(panel.first_row + i, weights);
    check_row(panel.first_row + i, weights);
    if (format_ == MatrixFormat::f32) continue;
    for (const float weight : weights) squared_weights_ += double{weight} * weight;
    for (std::uint32_t group = 0; keeps_codes && group < packed::groups(matrix_.columns); ++group) {
      panel.stored.push_back(matrix_.read_group(panel.first_row + i, group));
    }
  }
}

void PanelEncoder::encode(Panel& panel) const {
  panel.squared_errors.clear();
  if (is_integer(format_)) return encode_packed(panel);
  panel.scales.clear();
  if (format_ == MatrixFormat::f16) return encode_halves(panel);
  const std::size_t row_bytes = matrix_.columns * sizeof(float);
  panel.codes.resize(panel.rows * row_bytes);
  for (std::uint32_t i = 0; i < panel.rows; ++i) {
    std::memcpy(panel.codes.data() + i * row_bytes, row_of(panel, i).data(), row_bytes);
  }
}

void PanelEncoder::encode_halves(Panel& panel) const {
  panel.codes.resize(std::size_t{panel.rows} * matrix_.columns * sizeof(std::uint16_t));
  std::byte* to = panel.codes.data();
  for (std::uint32_t i = 0; i < panel.rows; ++i) {
    for (const float weight : row_of(panel, i).first(matrix_.columns)) {
      const std::uint16_t half = float_to_half(weight);
      std::memcpy(to, &half, sizeof(half));
      to += sizeof(half);
      const double error = double{weight} - double{half_to_float(half)};
      panel.squared_errors.push_back(error * error);
    }
  }
}

void PanelEncoder::encode_packed(Panel& panel) const {
  const std::size_t groups = packed::groups(matrix_.columns);
  if (by_rows_) {
    panel.codes.assign(panel.rows * groups * row_group_bytes(format_), zero_codes(format_));
    panel.scales.assign(panel.rows * groups * sizeof(std::uint16_t), std::byte{0});
  } else {
    panel.codes.assign(groups * panel_bytes(format_), zero_codes(format_));
    panel.scales.assign(groups * packed::panel_rows * sizeof(std::uint16_t), std::byte{0});
  }
  for (std::uint32_t i = 0; i < panel.rows; ++i) {
    const std::vector<QuantizedGroup> quantized = quantize(panel, i);
    for (std::size_t group = 0; group < groups; ++group) {
      place_group(panel, i, group, quantized[group]);
    }
  }
}

/// Returns every group of a row: as stored by the source if it has this format, otherwise
/// quantized.
std::vector<QuantizedGroup> PanelEncoder::quantize(Panel& panel, std::uint32_t row) const {
  const std::span<float> weights = row_of(panel, row);
  const std::size_t count = packed::groups(matrix_.columns);
  std::vector<QuantizedGroup> groups;
  groups.reserve(count);
  for (std::size_t group = 0; group < count; ++group) {
    const std::size_t first = group * packed::group_size;
    const GroupWeights some(weights.data() + first, packed::group_size);
    if (!panel.stored.empty() && panel.stored[row * count + group]) {
      groups.push_back(with_error(*panel.stored[row * count + group], some));
    } else {
      groups.push_back(format_ == MatrixFormat::int4 ? quantize_int4(some) : quantize_int8(some));
    }
  }
  return groups;
}

void PanelEncoder::place_group(Panel& panel, std::uint32_t row, std::size_t group,
                               const QuantizedGroup& quantized) const {
  const std::size_t groups = packed::groups(matrix_.columns);
  const std::size_t in_rows = row * groups + group;
  if (by_rows_) {
    const std::size_t bytes = row_group_bytes(format_);
    place_in_row(std::span(panel.codes).subspan(in_rows * bytes, bytes), quantized);
  } else {
    const auto block =
        std::span(panel.codes).subspan(group * panel_bytes(format_), panel_bytes(format_));
    format_ == MatrixFormat::int4 ? place_int4(block, row, quantized)
                                  : place_int8(block, row, quantized);
  }
  const std::size_t scale = by_rows_ ? in_rows : packed::scale_index(row, group, groups);
  std::memcpy(panel.scales.data() + scale * sizeof(std::uint16_t), &quantized.scale,
              sizeof(std::uint16_t));
  panel.squared_errors.push_back(quantized.squared_error);
}

void PanelEncoder::add(const Panel& panel) {
  for (const double error : panel.squared_errors) squared_error_ += error;
}

void PanelEncoder::check_row(std::uint32_t row, std::span<const float> weights) const {
  const float largest = largest_weight(format_);
  for (std::uint32_t column = 0; column < matrix_.columns; ++column) {
    const float weight = weights[column];
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
