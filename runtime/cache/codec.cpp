#include "cache/codec.hpp"

#include <algorithm>

#include "cache/int4_group.hpp"
#include "numerics/half.hpp"
#include "numerics/rounding.hpp"

namespace ringlet {
namespace {

/// Row-major formats, the same for keys and values.
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

/// INT8 with one scale; `byte_of(i)` is where element i lies in the page.
template <typename ByteOf>
void store_int8(const PageSide& page, std::size_t position, const float* x, std::size_t head_dim,
                ByteOf byte_of) {
  float maximum = 0;
  for (std::size_t i = 0; i < head_dim; ++i) {
    const float value = magnitude(x[i]);
    maximum = value > maximum ? value : maximum;
  }
  const bool zero = !(maximum >= smallest_group_maximum);
  const std::uint16_t scale = zero ? std::uint16_t{0} : scale_to_half(maximum / 127.0F);
  const float inverse = zero ? 0.0F : 1.0F / half_to_float(scale);
  for (std::size_t i = 0; i < head_dim; ++i) {
    page.codes[byte_of(i)] =
        static_cast<std::uint8_t>(zero ? std::int8_t{0} : to_int8(x[i] * inverse));
  }
  page.scales[position] = scale;
}

void set_nibble(std::uint8_t& byte, bool high, std::int8_t code) {
  const auto stored = static_cast<unsigned>(code + 8);
  byte = static_cast<std::uint8_t>(high ? (byte & 0x0FU) | stored << 4 : (byte & 0xF0U) | stored);
}

/// INT4 by groups; `put(i, code)` stores the code of element i.
template <typename Put>
void store_int4(const PageSide& page, std::size_t position, const float* x, std::size_t head_dim,
                Put put) {
  for (std::size_t first = 0; first < head_dim; first += int4_group_size) {
    const std::size_t n = std::min(head_dim - first, int4_group_size);
    const Int4Group group = quantize_int4_group(x + first, n);
    for (std::size_t i = 0; i < n; ++i) put(first + i, group.codes[i]);
    page.scales[first / int4_group_size * page::positions + position] = group.scale;
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

void store_key(const PageSide& page, KvFormat format, std::size_t position, const float* key,
               std::size_t head_dim) noexcept {
  if (format == KvFormat::int8) {
    store_int8(page, position, key, head_dim,
               [=](std::size_t i) { return page::int8_key_byte(position, i, head_dim); });
  } else if (format == KvFormat::int4) {
    store_int4(page, position, key, head_dim, [&](std::size_t i, std::int8_t code) {
      set_nibble(page.codes[page::int4_key_byte(position, i, head_dim)], page::int4_key_high(i),
                 code);
    });
  } else {
    store_float(page, format, position, key, head_dim);
  }
}

void store_value(const PageSide& page, KvFormat format, std::size_t position, const float* value,
                 std::size_t head_dim) noexcept {
  if (format == KvFormat::int8) {
    store_int8(page, position, value, head_dim,
               [=](std::size_t i) { return page::int8_value_byte(position, i); });
  } else if (format == KvFormat::int4) {
    store_int4(page, position, value, head_dim, [&](std::size_t i, std::int8_t code) {
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
