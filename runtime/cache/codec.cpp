#include "cache/codec.hpp"

#include <algorithm>

#include "kernels/as_built.hpp"
#include "numerics/finite.hpp"
#include "numerics/half.hpp"

namespace ringlet {
namespace {

/// Row-major formats, which are the same for keys and values.
void store_float(const PageSide& page, KvFormat format, std::size_t position, const float* x,
                 std::size_t head_dim) {
  if (format == KvFormat::f32) {
    float* row = reinterpret_cast<float*>(page.codes) + position * head_dim;
    for (std::size_t i = 0; i < head_dim; ++i) row[i] = x[i];
  } else {
    std::uint16_t* row = reinterpret_cast<std::uint16_t*>(page.codes) + position * head_dim;
    for (std::size_t i = 0; i < head_dim; ++i) row[i] = float_to_half(x[i]);
  }
}

/// INT8 with one scale. `byte_of(i)` is the offset of element i in the page.
template <typename ByteOf>
void store_int8(const KernelSet& kernels, const PageSide& page, std::size_t position,
                const float* x, std::size_t head_dim, ByteOf byte_of) {
  std::int8_t codes[page::largest_head_dim];
  page.scales[position] = kernels.quantize_int8(x, head_dim, codes);
  for (std::size_t i = 0; i < head_dim; ++i) {
    page.codes[byte_of(i)] = static_cast<std::uint8_t>(codes[i]);
  }
}

void set_nibble(std::uint8_t& byte, bool high, std::int8_t code) {
  const auto stored = static_cast<unsigned>(code + 8);
  byte = static_cast<std::uint8_t>(high ? (byte & 0x0FU) | stored << 4 : (byte & 0xF0U) | stored);
}

/// INT4 in groups. `put(i, code)` stores the code of element i.
template <typename Put>
void store_int4(const KernelSet& kernels, const PageSide& page, std::size_t position,
                const float* x, std::size_t head_dim, Put put) {
  constexpr std::size_t group = 32;
  for (std::size_t first = 0; first < head_dim; first += group) {
    std::int8_t codes[group];
    const std::size_t n = std::min(head_dim - first, group);
    page.scales[first / group * page::positions + position] =
        kernels.quantize_int4(x + first, n, codes);
    for (std::size_t i = 0; i < n; ++i) put(first + i, codes[i]);
  }
}

void load_float(const PageSide& page, KvFormat format, std::size_t position, float* x,
                std::size_t head_dim) {
  if (format == KvFormat::f32) {
    const float* row = reinterpret_cast<const float*>(page.codes) + position * head_dim;
    std::copy(row, row + head_dim, x);
  } else {
    const std::uint16_t* row =
        reinterpret_cast<const std::uint16_t*>(page.codes) + position * head_dim;
    for (std::size_t i = 0; i < head_dim; ++i) x[i] = half_to_float(row[i]);
  }
}

template <typename ByteOf>
void load_int8(const PageSide& page, std::size_t position, float* x, std::size_t head_dim,
               ByteOf byte_of) {
  const float scale = half_to_float(page.scales[position]);
  for (std::size_t i = 0; i < head_dim; ++i) {
    x[i] = static_cast<float>(static_cast<std::int8_t>(page.codes[byte_of(i)])) * scale;
  }
}

}  // namespace

float storable_below(KvFormat format) noexcept {
  constexpr float largest_half = 65504.0F;
  switch (format) {
    case KvFormat::f16:
      return largest_half;
    case KvFormat::int8:
      return 127 * largest_half;
    case KvFormat::int4:
      return 7 * largest_half;  // the smallest factor between the scale and the largest code
    case KvFormat::f32:
      break;
  }
  return overflow_begins;
}

void store_key(const KernelSet& kernels, const PageSide& page, KvFormat format,
               std::size_t position, const float* key, std::size_t head_dim) noexcept {
  if (format == KvFormat::int8) {
    store_int8(kernels, page, position, key, head_dim,
               [=](std::size_t i) { return page::int8_key_byte(position, i, head_dim); });
  } else if (is_int4(format)) {
    store_int4(kernels, page, position, key, head_dim, [&](std::size_t i, std::int8_t code) {
      set_nibble(page.codes[page::int4_key_byte(position, i, head_dim)], page::int4_key_high(i),
                 code);
    });
  } else {
    store_float(page, format, position, key, head_dim);
  }
}

void store_value(const KernelSet& kernels, const PageSide& page, KvFormat format,
                 std::size_t position, const float* value, std::size_t head_dim) noexcept {
  if (format == KvFormat::int8) {
    store_int8(kernels, page, position, value, head_dim,
               [=](std::size_t i) { return page::int8_value_byte(position, i); });
  } else if (is_int4(format)) {
    store_int4(kernels, page, position, value, head_dim, [&](std::size_t i, std::int8_t code) {
      set_nibble(page.codes[page::int4_value_byte(position, i)], page::int4_value_high(position),
                 code);
    });
  } else {
    store_float(page, format, position, value, head_dim);
  }
}

void load_key(const PageSide& page, KvFormat format, std::size_t position, std::size_t head_dim,
              float* key) noexcept {
  if (format == KvFormat::int8) {
    load_int8(page, position, key, head_dim,
              [=](std::size_t i) { return page::int8_key_byte(position, i, head_dim); });
  } else {
    load_float(page, format, position, key, head_dim);
  }
}

void load_value(const PageSide& page, KvFormat format, std::size_t position, std::size_t head_dim,
                float* value) noexcept {
  if (format == KvFormat::int8) {
    load_int8(page, position, value, head_dim,
              [=](std::size_t i) { return page::int8_value_byte(position, i); });
  } else {
    load_float(page, format, position, value, head_dim);
  }
}

}  // namespace ringlet
