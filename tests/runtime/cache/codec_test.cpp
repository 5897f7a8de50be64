// Keys and values stored in the cache: float formats by their own rounding, INT8 within half a step
// of a scale that follows the largest element, each in its place of the page with nothing else
// changed.
#include "cache/codec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/cache_page.hpp"
#include "support/aligned.hpp"
#include "support/packed.hpp"
#include "support/reference_weights.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t head_dims[] = {8, 16, 24, 48, 64, 80, 256};

/// One side of a page, full of garbage, and what lies in it afterwards.
class Page {
 public:
  Page(KvFormat format, std::size_t d, bool keys)
      : format_(format),
        d_(d),
        keys_(keys),
        codes_(static_cast<std::size_t>(keys ? page::key_bytes(format, d)
                                             : page::value_bytes(format, d)),
               std::byte{0x77}),
        scales_(64 * ((d + 31) / 32), std::byte{0x77}) {}

  void store(std::size_t position, const float* x) {
    const PageSide side{codes_.as<std::uint8_t>(),
                        is_integer() ? scales_.as<std::uint16_t>() : nullptr};
    (keys_ ? store_key : store_value)(scalar_kernels(), side, format_, position, x, d_);
  }
  void load(std::size_t position, float* x) {
    const PageSide side{codes_.as<std::uint8_t>(),
                        is_integer() ? scales_.as<std::uint16_t>() : nullptr};
    (keys_ ? load_key : load_value)(side, format_, position, d_, x);
  }
  [[nodiscard]] bool is_integer() const {
    return format_ == KvFormat::int8 || format_ == KvFormat::int4;
  }
  [[nodiscard]] double scale(std::size_t position) {
    return half_value(scales_.as<std::uint16_t>()[position]);
  }
  [[nodiscard]] double get(std::size_t position, std::size_t i) {
    if (format_ == KvFormat::f32) return codes_.as<float>()[position * d_ + i];
    if (format_ == KvFormat::f16) return half_value(codes_.as<std::uint16_t>()[position * d_ + i]);
    if (format_ == KvFormat::int4) return get_int4(position, i);
    const std::size_t key = (position / 4 * ((d_ + 15) / 16) + i / 16) * 64 + i % 16 / 4 * 16 +
                            position % 4 * 4 + i % 4;
    const std::size_t value =
        (i / 4 * 2 + position / 16) * 64 + position % 16 / 4 * 16 + i % 4 * 4 + position % 4;
    return codes_.as<std::int8_t>()[keys_ ? key : value] * scale(position);
  }
  [[nodiscard]] const AlignedBytes& codes() const { return codes_; }

 private:
  [[nodiscard]] double get_int4(std::size_t position, std::size_t i) {
    const std::size_t key = (position / 4 * ((d_ + 31) / 32) + i / 32) * 64 + i % 16 / 4 * 16 +
                            position % 4 * 4 + i % 4;
    const std::size_t value = i / 4 * 64 + position % 16 / 4 * 16 + i % 4 * 4 + position % 4;
    const int byte = codes_.as<std::uint8_t>()[keys_ ? key : value];
    const bool high = keys_ ? i % 32 >= 16 : position >= 16;
    return ((high ? byte >> 4 : byte & 15) - 8) *
           half_value(scales_.as<std::uint16_t>()[i / 32 * 32 + position]);
  }

  KvFormat format_;
  std::size_t d_;
  bool keys_;
  AlignedBytes codes_, scales_;
};

TEST(Codec, FloatsAreKeptAndHalvesRounded) {
  for (const std::size_t d : head_dims) {
    for (const bool keys : {true, false}) {
      Page exact(KvFormat::f32, d, keys);
      Page halves(KvFormat::f16, d, keys);
      const std::vector<float> x = plain_floats(d, d, 10.0F);
      exact.store(17, x.data());
      halves.store(17, x.data());
      for (std::size_t i = 0; i < d; ++i) {
        ASSERT_EQ(exact.get(17, i), static_cast<double>(x[i]));
        ASSERT_NEAR(halves.get(17, i), x[i], 0x1p-11 * std::fabs(x[i]));
      }
    }
  }
}

// The scale is amax/127 rounded to a half (2^-11), so the largest code is 127 and a step is
// amax/127.
TEST(Codec, Int8IsWithinHalfAStep) {
  for (const std::size_t d : head_dims) {
    for (const bool keys : {true, false}) {
      for (const float size : {0.01F, 1.0F, 3000.0F}) {
        Page page(KvFormat::int8, d, keys);
        for (std::size_t position = 0; position < 32; ++position) {
          const std::vector<float> x = plain_floats(d, position + d, size);
          page.store(position, x.data());
          double largest = 0;
          for (const float value : x)
            largest = std::max(largest, std::fabs(static_cast<double>(value)));
          const double step = page.scale(position);
          ASSERT_NEAR(step, std::max(largest / 127, 0x1p-14), 0x1p-11 * step);
          for (std::size_t i = 0; i < d; ++i) {
            // The largest elements may exceed 127 steps by the rounding of the scale.
            ASSERT_NEAR(page.get(position, i), x[i], step * (0.5 + 127 * 0x1p-11))
                << position << " " << i;
          }
        }
      }
    }
  }
}

// The step is a sixteenth of the range or less, and the fit never leaves more squared error than
// the plain step of amax/8 would.
TEST(Codec, Int4IsCloserThanThePlainStep) {
  for (const std::size_t d : head_dims) {
    for (const bool keys : {true, false}) {
      for (const float size : {0.01F, 1.0F, 3000.0F}) {
        Page page(KvFormat::int4, d, keys);
        for (std::size_t position = 0; position < 32; ++position) {
          const std::vector<float> x = plain_floats(d, position + d, size);
          page.store(position, x.data());
          double error = 0;
          double plain = 0;
          for (std::size_t first = 0; first < d; first += 32) {
            const std::size_t last = std::min(first + 32, d);
            double most = 0;
            for (std::size_t i = first; i < last; ++i) {
              const double value = static_cast<double>(x[i]);
              if (std::fabs(value) > std::fabs(most)) most = value;
            }
            const double step = most / -8;
            for (std::size_t i = first; i < last; ++i) {
              const double value = static_cast<double>(x[i]);
              const double code = std::clamp(std::nearbyint(value / step), -8.0, 7.0);
              plain += (value - code * step) * (value - code * step);
              error += (value - page.get(position, i)) * (value - page.get(position, i));
            }
          }
          // Scales are rounded to halves.
          ASSERT_LE(error, plain * 1.01) << d << " " << position;
          ASSERT_GT(error, 0) << "nothing was rounded";
        }
      }
    }
  }
}

TEST(Codec, LoadingGivesBackWhatWasStored) {
  for (const KvFormat format : {KvFormat::f32, KvFormat::f16, KvFormat::int8}) {
    for (const bool keys : {true, false}) {
      Page page(format, 40, keys);
      page.store(7, plain_floats(40, 1).data());
      std::vector<float> back(40);
      page.load(7, back.data());
      for (std::size_t i = 0; i < 40; ++i) ASSERT_EQ(back[i], static_cast<float>(page.get(7, i)));
    }
  }
}

TEST(Codec, ZeroAndTinyVectorsAreZero) {
  for (const float size : {0.0F, 0x1p-62F}) {
    Page page(KvFormat::int8, 16, true);
    page.store(5, plain_floats(16, 1, size).data());
    EXPECT_EQ(page.scale(5), 0.0);
    for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(page.get(5, i), 0.0);
  }
}

TEST(Codec, OtherPositionsAreNotTouched) {
  for (const KvFormat format : {KvFormat::f32, KvFormat::f16, KvFormat::int8, KvFormat::int4}) {
    for (const bool keys : {true, false}) {
      Page page(format, 24, keys);
      const AlignedBytes before = page.codes();
      page.store(9, plain_floats(24, 3).data());
      std::size_t changed = 0;
      for (std::size_t at = 0; at < before.size(); ++at) {
        changed += page.codes().data()[at] != before.data()[at] ? 1U : 0U;
      }
      const std::size_t element = format == KvFormat::f32 ? 4 : format == KvFormat::f16 ? 2 : 1;
      EXPECT_LE(changed, 24 * element);
      EXPECT_GT(changed, 12 * element / 2);
    }
  }
}

}  // namespace
}  // namespace ringlet::test
