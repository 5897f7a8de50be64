// A cache page with random content, filled by the description of its layout, and the values that it
// holds.
#pragma once

#include <cstdint>

#include "kernels/views.hpp"
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
        keys_(32 * (head_dim + 15) / 16 * 16 * 4),
        values_(32 * (head_dim + 15) / 16 * 16 * 4),
        key_scales_(64),
        value_scales_(64) {
    Random random(seed);
    for (std::uint32_t j = 0; j < 32; ++j) {
      key_scales_.as<std::uint16_t>()[j] =
          static_cast<std::uint16_t>(0x0400 + random.below(0x3C00));
      value_scales_.as<std::uint16_t>()[j] =
          static_cast<std::uint16_t>(0x0400 + random.below(0x3C00));
      for (std::uint32_t i = 0; i < d_; ++i) {
        put(keys_, key_byte(j, i), j * d_ + i, random);
        put(values_, value_byte(j, i), j * d_ + i, random);
      }
    }
  }

  [[nodiscard]] CachePage view() const {
    const bool scaled = format_ == KvFormat::int8;
    return {bytes(keys_), bytes(values_), scaled ? halves(key_scales_) : nullptr,
            scaled ? halves(value_scales_) : nullptr};
  }
  [[nodiscard]] double key(std::uint32_t j, std::uint32_t i) const {
    return get(keys_, key_byte(j, i), j * d_ + i) * key_scale(j);
  }
  [[nodiscard]] double value(std::uint32_t j, std::uint32_t i) const {
    return get(values_, value_byte(j, i), j * d_ + i) * value_scale(j);
  }
  [[nodiscard]] double key_scale(std::uint32_t j) const { return scale(key_scales_, j); }
  [[nodiscard]] double value_scale(std::uint32_t j) const { return scale(value_scales_, j); }

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
        break;
    }
    return static_cast<std::int8_t>(bytes(plane)[int8_byte]);
  }
  [[nodiscard]] double scale(const AlignedBytes& scales, std::uint32_t j) const {
    return format_ == KvFormat::int8 ? half_value(halves(scales)[j]) : 1.0;
  }

  KvFormat format_;
  std::size_t d_;
  AlignedBytes keys_, values_, key_scales_, value_scales_;
};

}  // namespace ringlet::test
