#include "cache_fit/attention_error.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/cache_page.hpp"
#include "kernels/kernel_set.hpp"
#include "numerics/hadamard.hpp"
#include "numerics/half.hpp"
#include "numerics/rotary.hpp"
#include "ringlet/config.hpp"

namespace ringlet::convert {
namespace {

constexpr std::uint32_t hot_window = Config{}.hot_window;
constexpr std::uint32_t query_stride = 8;  // distance of the positions whose attention is compared

/// The rows of one head of one text.
struct Rows {
  std::uint32_t dim;
  std::vector<float> data;

  [[nodiscard]] float* row(std::size_t t) { return data.data() + t * dim; }
  [[nodiscard]] const float* row(std::size_t t) const { return data.data() + t * dim; }
};

Rows rows_of(const LayerSample& sample, const std::vector<float>& captured, std::uint32_t heads,
             std::uint32_t head, std::uint32_t text) {
  const std::uint32_t d = sample.architecture.head_dim;
  Rows rows{d, std::vector<float>(std::size_t{sample.length} * d)};
  for (std::size_t t = 0; t < sample.length; ++t) {
    const std::size_t token = std::size_t{text} * sample.length + t;
    const auto from = captured.begin() + static_cast<std::ptrdiff_t>((token * heads + head) * d);
    std::copy(from, from + d, rows.row(t));
  }
  return rows;
}

void rotate(const LayerSample& sample, std::uint64_t position, float* x) {
  const std::size_t half = sample.rotary_frequencies.size();
  for (std::size_t i = 0; i < half; ++i) {
    const Angle angle = angle_of_phase(position * sample.rotary_frequencies[i]);
    const float a = x[i];
    const float b = x[i + half];
    x[i] = a * angle.cosine - b * angle.sine;
    x[i + half] = b * angle.cosine + a * angle.sine;
  }
}

using Quantizer = std::uint16_t (*)(const float* x, std::size_t n, std::int8_t* codes);

/// Replaces numbers that share a scale by the values a cache would return.
void round_through(Quantizer quantize, float* x, std::size_t n) {
  std::int8_t codes[page::largest_head_dim];
  const float scale = half_to_float(quantize(x, n, codes));
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<float>(codes[i]) * scale;
}

void round_to_int8(std::vector<float>& x) {
  round_through(scalar_kernels().quantize_int8, x.data(), x.size());
}

void round_to_int4(std::vector<float>& x) {
  constexpr std::size_t group = 32;
  for (std::size_t first = 0; first < x.size(); first += group) {
    round_through(scalar_kernels().quantize_int4, x.data() + first,
                  std::min(x.size() - first, group));
  }
}

/// One side of the cache as queries see it: near positions in INT8, others in the format.
struct Seen {
  Rows near;
  Rows far;
};

/// `there` and `back` convert a row to and from the space in which it is stored.
template <typename There, typename Back>
Seen through_cache(const Rows& exact, KvFormat format, There there, Back back) {
  Seen seen{exact, exact};
  for (std::size_t t = 0; t < exact.data.size() / exact.dim; ++t) {
    std::vector<float> x(exact.row(t), exact.row(t) + exact.dim);
    there(x, t);
    const auto keep = [&](Rows& rows) {
      std::vector<float> y = x;
      back(y, t);
      std::copy(y.begin(), y.end(), rows.row(t));
    };
    round_to_int8(x);
    keep(seen.near);
    if (format == KvFormat::int4) round_to_int4(x);
    keep(seen.far);
  }
  return seen;
}

Seen keys_through_cache(const LayerSample& sample, const Rows& keys, KvFormat format,
                        const KeyNumbers& numbers, bool hadamard) {
  const std::uint32_t d = keys.dim;
  const auto there = [&](std::vector<float>& x, std::size_t t) {
    for (std::size_t i = 0; i < d; ++i) x[i] = (x[i] - numbers.bias[i]) * numbers.scales[i];
    rotate(sample, t, x.data());
    if (hadamard) hadamard_in_place(x.data(), d);
  };
  const auto back = [&](std::vector<float>& x, std::size_t t) {
    if (hadamard) hadamard_in_place(x.data(), d);
    std::vector<float> bias = numbers.bias;
    rotate(sample, t, bias.data());
    for (std::size_t i = 0; i < d; ++i) x[i] = x[i] / numbers.scales[i] + bias[i];
  };
  return through_cache(keys, format, there, back);
}

Seen values_through_cache(const Rows& values, KvFormat format, bool hadamard) {
  const auto turned = [&](std::vector<float>& x, std::size_t) {
    if (hadamard) hadamard_in_place(x.data(), x.size());
  };
  return through_cache(values, format, turned, turned);
}

/// Attention of one query over the positions up to its own.
std::vector<float> attend(const float* query, std::size_t position, float scale, const Seen& keys,
                          const Seen& values) {
  const std::uint32_t d = keys.near.dim;
  const auto is_near = [&](std::size_t j) { return position - j < hot_window; };
  std::vector<double> weights(position + 1);
  double highest = -HUGE_VAL;
  for (std::size_t j = 0; j <= position; ++j) {
    const float* key = (is_near(j) ? keys.near : keys.far).row(j);
    float dot = 0;
    for (std::size_t i = 0; i < d; ++i) dot += query[i] * key[i];
    weights[j] = double{dot} * double{scale};
    highest = std::max(highest, weights[j]);
  }
  double sum = 0;
  for (double& weight : weights) sum += weight = std::exp(weight - highest);
  std::vector<float> out(d, 0.0F);
  for (std::size_t j = 0; j <= position; ++j) {
    const float* value = (is_near(j) ? values.near : values.far).row(j);
    const auto weight = static_cast<float>(weights[j] / sum);
    for (std::size_t i = 0; i < d; ++i) out[i] += weight * value[i];
  }
  return out;
}

struct Energy {
  double error = 0;
  double signal = 0;
};

/// The error of one kv head of one text.
Energy head_error(const LayerSample& sample, std::uint32_t kv_head, std::uint32_t text,
                  const Seen& exact_keys, const Seen& exact_values, const Seen& keys,
                  const Seen& values) {
  const Architecture& a = sample.architecture;
  Energy energy;
  for (std::uint32_t h = 0; h < a.heads_per_kv(); ++h) {
    Rows queries =
        rows_of(sample, sample.captured.queries, a.heads, kv_head * a.heads_per_kv() + h, text);
    for (std::size_t t = query_stride - 1; t < sample.length; t += query_stride) {
      rotate(sample, t, queries.row(t));
      const auto right = attend(queries.row(t), t, a.attention_scale, exact_keys, exact_values);
      const auto wrong = attend(queries.row(t), t, a.attention_scale, keys, values);
      for (std::size_t i = 0; i < right.size(); ++i) {
        energy.error += std::pow(double{right[i]} - double{wrong[i]}, 2);
        energy.signal += double{right[i]} * double{right[i]};
      }
    }
  }
  return energy;
}

}  // namespace

double attention_error(const LayerSample& sample, KvFormats formats, KeyTransform transform,
                       bool hadamard_values, Sides sides) {
  const Architecture& a = sample.architecture;
  Energy sum;
  for (std::uint32_t head = 0; head < a.kv_heads; ++head) {
    const KeyNumbers numbers = key_numbers(sample, head, transform.bias, transform.scales);
    for (std::uint32_t text = 0; text < sample.texts; ++text) {
      Rows keys = rows_of(sample, sample.captured.keys, a.kv_heads, head, text);
      const Rows values = rows_of(sample, sample.captured.values, a.kv_heads, head, text);
      const Seen stored_keys =
          keys_through_cache(sample, keys, formats.keys, numbers, transform.hadamard);
      for (std::size_t t = 0; t < sample.length; ++t) rotate(sample, t, keys.row(t));
      const Seen exact_keys{keys, keys};
      const Seen exact_values{values, values};
      const Energy one =
          head_error(sample, head, text, exact_keys, exact_values,
                     sides == Sides::values_only ? exact_keys : stored_keys,
                     sides == Sides::keys_only
                         ? exact_values
                         : values_through_cache(values, formats.values, hadamard_values));
      sum.error += one.error;
      sum.signal += one.signal;
    }
  }
  return sum.signal > 0 ? sum.error / sum.signal : 0;
}

}  // namespace ringlet::convert
