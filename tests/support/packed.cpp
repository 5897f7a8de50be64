#include "support/packed.hpp"

#include <cmath>

#include "support/random.hpp"
#include "support/reference_weights.hpp"
#include "support/round_up.hpp"

namespace ringlet::test {
namespace {

void fill_f32(PackedSample& sample, Random& random) {
  const std::size_t count = std::size_t{sample.matrix.rows} * sample.matrix.columns;
  sample.codes = AlignedBytes(count * sizeof(float));
  for (std::size_t i = 0; i < count; ++i) {
    const float value = random.symmetric();
    sample.codes.as<float>()[i] = value;
    sample.values.push_back(value);
  }
}

void fill_packed(PackedSample& sample, Random& random) {
  const bool int4 = sample.matrix.format == MatrixFormat::int4;
  const std::size_t rows = sample.matrix.rows;
  const std::size_t columns = sample.matrix.columns;
  const std::size_t groups = (columns + 31) / 32;
  const std::size_t blocks = round_up(rows, 16) / 16 * groups;
  const std::size_t block_bytes = int4 ? 256 : 512;
  sample.codes = AlignedBytes(blocks * block_bytes, int4 ? std::byte{0x88} : std::byte{0});
  sample.scales = AlignedBytes(blocks * 32);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t k = 0; k < columns; ++k) {
      const std::size_t block = n / 16 * groups + k / 32;
      const std::size_t r = n % 16;
      const std::size_t kk = k % 32;
      std::uint16_t& scale = sample.scales.as<std::uint16_t>()[block * 16 + r];
      if (kk == 0 && random.below(50) != 0) {
        scale = static_cast<std::uint16_t>(0x0400 + random.below(0x3C00));  // 2^-14 … about 1
      }
      const int code =
          int4 ? static_cast<int>(random.below(16)) - 8 : static_cast<int>(random.below(255)) - 127;
      auto* bytes = sample.codes.as<std::uint8_t>() + block * block_bytes;
      if (int4) {
        std::uint8_t& both = bytes[r / 4 * 64 + kk % 16 / 4 * 16 + r % 4 * 4 + kk % 4];
        const unsigned nibble = static_cast<unsigned>(code + 8);
        both = static_cast<std::uint8_t>(kk < 16 ? (both & 0xF0U) | nibble
                                                 : (both & 0x0FU) | nibble << 4);
      } else {
        bytes[r / 4 * 128 + kk / 4 * 16 + r % 4 * 4 + kk % 4] = static_cast<std::uint8_t>(code);
      }
      sample.values.push_back(code * half_value(scale));
    }
  }
}

}  // namespace

PackedSample random_packed(MatrixFormat format, std::uint32_t rows, std::uint32_t columns,
                           std::uint64_t seed) {
  PackedSample sample;
  Random random(seed);
  sample.matrix.rows = rows;
  sample.matrix.columns = columns;
  sample.matrix.format = format;
  format == MatrixFormat::f32 ? fill_f32(sample, random) : fill_packed(sample, random);
  sample.matrix.codes = sample.codes.as<std::uint8_t>();
  if (format != MatrixFormat::f32) sample.matrix.scales = sample.scales.as<std::uint16_t>();
  return sample;
}

QuantizedSample::QuantizedSample(std::uint32_t tokens, std::uint32_t columns)
    : code_stride(static_cast<std::uint32_t>(round_up(columns, 64) | 64)),
      group_stride(static_cast<std::uint32_t>(round_up((columns + 31) / 32, 16))),
      codes(std::size_t{tokens} * code_stride, std::byte{0x55}),
      scales(std::size_t{tokens} * group_stride * sizeof(float), std::byte{0x55}),
      offsets(std::size_t{tokens} * group_stride * sizeof(std::int32_t), std::byte{0x55}) {}

QuantizedVector QuantizedSample::token(std::uint32_t t) {
  return {codes.as<std::int8_t>() + std::size_t{t} * code_stride,
          scales.as<float>() + std::size_t{t} * group_stride,
          offsets.as<std::int32_t>() + std::size_t{t} * group_stride};
}

std::vector<float> awkward_floats(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> x(count);
  for (std::size_t i = 0; i < count; ++i) {
    const float plain = random.symmetric();
    const std::size_t group = i / 32;
    x[i] = plain;
    if (group % 4 != 1) continue;
    switch (group / 4 % 5) {
      case 0:
        x[i] = 0.0F;
        break;
      case 1:
        x[i] = plain * 0x1p-62F;
        break;  // below 2^-60: counts as zero
      case 2:
        x[i] = plain * 0x1p+40F;
        break;
      case 3:
        x[i] = i % 32 == 7 ? 1000.0F : plain;
        break;
      default:
        x[i] = std::ldexp(plain, -140);
        break;  // denormal
    }
  }
  return x;
}

std::vector<float> plain_floats(std::size_t count, std::uint64_t seed, float size) {
  Random random(seed);
  std::vector<float> x(count);
  for (float& value : x) value = random.symmetric() * size;
  return x;
}

}  // namespace ringlet::test
