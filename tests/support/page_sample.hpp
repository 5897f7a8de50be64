// A cache page with random content, filled by the description of its layout, and the values that it
// holds.
#pragma once

#include <cstdint>

#include "kernels/cache_view.hpp"
#include "ringlet/formats.hpp"
#include "support/aligned.hpp"
#include "support/random.hpp"
#include "support/reference_weights.hpp"

namespace ringlet::test {

class PageSample {
 public:
  PageSample(KvFormat format, std::uint32_t head_dim, std::uint64_t seed)
      : format_(format),
        d_(head_dim),
        keys_(32 * ((head_dim + 31) / 32 * 32) * 4),
        values_(32 * ((head_dim + 31) / 32 * 32) * 4),
        key_scales_(64 * ((head_dim + 31) / 32)),
        value_scales_(64 * ((head_dim + 31) / 32)) {
    Random random(seed);
    for (std::uint32_t j = 0; j < 32; ++j) {
      for (std::uint32_t i = 0; i < d_; ++i) {
        if (i == 0 || (format == KvFormat::int4 && i % 32 == 0)) {
          const std::size_t at = i / 32 * 32 + j;
          key_scales_.as<std::uint16_t>()[at] = some_scale(random);
          value_scales_.as<std::uint16_t>()[at] = some_scale(random);
        }
        put(keys_, key_byte(j, i), j * d_ + i, random);
        put(values_, value_byte(j, i), j * d_ + i, random);
      }
    }
  }

  [[nodiscard]] CachePage view() const {
    const bool scaled = is_integer(format_);
    return {bytes(keys_), bytes(values_), scaled ? halves(key_scales_) : nullptr,
            scaled ? halves(value_scales_) : nullptr};
  }
  [[nodiscard]] double key(std::uint32_t j, std::uint32_t i) const {
    if (format_ == KvFormat::int4) return nibble(keys_, int4_key(j, i)) * key_scale(j, i);
    return get(keys_, key_byte(j, i), j * d_ + i) * key_scale(j);
  }
  [[nodiscard]] double value(std::uint32_t j, std::uint32_t i) const {
    if (format_ == KvFormat::int4) return nibble(values_, int4_value(j, i)) * value_scale(j, i);
    return get(values_, value_byte(j, i), j * d_ + i) * value_scale(j);
  }
  /// The scale of element i of position j.
  [[nodiscard]] double key_scale(std::uint32_t j, std::uint32_t i = 0) const {
    return scale(key_scales_, j, i);
  }
  [[nodiscard]] double value_scale(std::uint32_t j, std::uint32_t i = 0) const {
    return scale(value_scales_, j, i);
  }

 private:
  static const std::uint8_t* bytes(const AlignedBytes& plane) {
    return reinterpret_cast<const std::uint8_t*>(plane.data());
  }
  static const std::uint16_t* halves(const AlignedBytes& plane) {
    return reinterpret_cast<const std::uint16_t*>(plane.data());
  }
  [[nodiscard]] std::size_t key_byte(std::size_t j, std::size_t i) const {
    return (j / 4 * ((d_ + 15) / 16) + i / 16) * 64 + i % 16 / 4 * 16 + j % 4 * 4 + i % 4;
  }
  [[nodiscard]] static std::size_t value_byte(std::size_t j, std::size_t i) {
    return (i / 4 * 2 + j / 16) * 64 + j % 16 / 4 * 16 + i % 4 * 4 + j % 4;
  }
  /// An INT4 element: its byte, and whether it is in the high nibble.
  struct Nibble {
    std::size_t byte;
    bool high;
  };
  [[nodiscard]] Nibble int4_key(std::size_t j, std::size_t i) const {
    return {(j / 4 * ((d_ + 31) / 32) + i / 32) * 64 + i % 16 / 4 * 16 + j % 4 * 4 + i % 4,
            i % 32 >= 16};
  }
  [[nodiscard]] static Nibble int4_value(std::size_t j, std::size_t i) {
    return {i / 4 * 64 + j % 16 / 4 * 16 + i % 4 * 4 + j % 4, j >= 16};
  }
  [[nodiscard]] static double nibble(const AlignedBytes& plane, Nibble at) {
    const int byte = bytes(plane)[at.byte];
    return (at.high ? byte >> 4 : byte & 15) - 8;
  }
  /// A normal half; for INT4 of either sign.
  [[nodiscard]] std::uint16_t some_scale(Random& random) const {
    const std::uint32_t sign = format_ == KvFormat::int4 ? random.below(2) << 15 : 0;
    return static_cast<std::uint16_t>(sign | (0x0400 + random.below(0x3C00)));
  }
  void put(AlignedBytes& plane, std::size_t int8_byte, std::size_t index, Random& random) {
    switch (format_) {
      case KvFormat::f32:
        plane.as<float>()[index] = random.symmetric();
        break;
      case KvFormat::f16:
        plane.as<std::uint16_t>()[index] =
            static_cast<std::uint16_t>(random.below(0x4000) | random.below(2) << 15);
        break;
      case KvFormat::int8:
        plane.as<std::int8_t>()[int8_byte] =
            static_cast<std::int8_t>(static_cast<int>(random.below(255)) - 127);
        break;
      case KvFormat::int4:  // two elements to a byte, whichever they are; the padding is filled too
        plane.as<std::uint8_t>()[index / 2] = static_cast<std::uint8_t>(random.below(256));
        break;
    }
  }
  [[nodiscard]] double get(const AlignedBytes& plane, std::size_t int8_byte,
                           std::size_t index) const {
    switch (format_) {
      case KvFormat::f32:
        return reinterpret_cast<const float*>(plane.data())[index];
      case KvFormat::f16:
        return half_value(halves(plane)[index]);
      case KvFormat::int8:
      case KvFormat::int4:
        break;
    }
    return static_cast<std::int8_t>(bytes(plane)[int8_byte]);
  }
  [[nodiscard]] double scale(const AlignedBytes& scales, std::uint32_t j, std::uint32_t i) const {
    if (format_ == KvFormat::int4) return half_value(halves(scales)[i / 32 * 32 + j]);
    return format_ == KvFormat::int8 ? half_value(halves(scales)[j]) : 1.0;
  }

  KvFormat format_;
  std::size_t d_;
  AlignedBytes keys_, values_, key_scales_, value_scales_;
};

}  // namespace ringlet::test
