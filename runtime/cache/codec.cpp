#include "cache/codec.hpp"

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

}  // namespace

void store_key(const PageSide& page, KvFormat format, std::size_t position, const float* key,
               std::size_t head_dim) noexcept {
  if (format == KvFormat::int8) {
    store_int8(page, position, key, head_dim,
               [=](std::size_t i) { return page::int8_key_byte(position, i, head_dim); });
  } else {
    store_float(page, format, position, key, head_dim);
  }
}

void store_value(const PageSide& page, KvFormat format, std::size_t position, const float* value,
                 std::size_t head_dim) noexcept {
  if (format == KvFormat::int8) {
    store_int8(page, position, value, head_dim,
               [=](std::size_t i) { return page::int8_value_byte(position, i); });
  } else {
    store_float(page, format, position, value, head_dim);
  }
}

}  // namespace ringlet
