#include "support/kernel_cases.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/cache_page.hpp"
#include "support/hash.hpp"
#include "support/packed.hpp"
#include "support/page_sample.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t lengths[] = {1, 8, 15, 31, 32, 33, 172, 1000};
constexpr std::uint32_t head_dims[] = {8, 16, 48, 64, 80, 128, 256};

std::uint64_t hash_quantize(const KernelSet& set) {
  Hash hash;
  for (const std::uint32_t n : lengths) {
    QuantizedSample out(1, n);
    const QuantizedVector q = out.token(0);
    set.quantize(awkward_floats(n, n).data(), n, q);
    for (std::uint32_t k = 0; k < (n + 31) / 32 * 32; ++k)
      hash.byte(static_cast<std::uint8_t>(q.codes[k]));
    hash.floats({q.scales, (n + 31) / 32});
    for (std::uint32_t g = 0; g < (n + 31) / 32; ++g)
      hash.word(static_cast<std::uint32_t>(q.offsets[g]));
  }
  return hash.value();
}

std::uint64_t hash_multiply(const KernelSet& set, MatrixFormat format) {
  Hash hash;
  constexpr std::uint32_t tokens = 5;
  for (const std::uint32_t rows : {1U, 15U, 17U, 172U}) {
    for (const std::uint32_t columns : lengths) {
      const PackedSample w = random_packed(format, rows, columns, rows + columns);
      const std::vector<float> x = plain_floats(std::size_t{tokens} * columns, columns);
      QuantizedSample q(tokens, columns);
      for (std::uint32_t t = 0; t < tokens; ++t)
        set.quantize(&x[std::size_t{t} * columns], columns, q.token(t));
      const std::size_t stride = (rows + 15) / 16 * 16;
      std::vector<float> y(tokens * stride);
      const Activations view{x.data(), q.token(0), tokens, columns, q.code_stride, q.group_stride};
      set.multiply(w.matrix, view, y.data(), stride, 0, rows);
      hash.floats(y);
      std::vector<float> row(columns);
      set.dequantize_row(w.matrix, rows - 1, row.data());
      hash.floats(row);
    }
  }
  return hash.value();
}

std::uint64_t hash_elementwise(const KernelSet& set) {
  Hash hash;
  for (const std::uint32_t n : lengths) {
    const std::vector<float> a = plain_floats(n, n, 30.0F);
    const std::vector<float> b = plain_floats(n, n + 1, 2.0F);
    std::vector<float> y(n);
    set.rms_norm(a.data(), b.data(), y.data(), n, 0x1p-17F);
    hash.floats(y);
    set.silu_multiply(a.data(), b.data(), y.data(), n);
    hash.floats(y);
    set.add(a.data(), y.data(), n);
    hash.floats(y);
    set.scale(a.data(), 0.3F, n, y.data());
    hash.floats(y);
  }
  return hash.value();
}

std::uint64_t hash_gelu(const KernelSet& set) {
  Hash hash;
  for (const std::size_t n : {1U, 15U, 16U, 37U, 256U, 1001U}) {
    const std::vector<float> x = plain_floats(n, n, 12.0F);
    const std::vector<float> up = plain_floats(n, n + 1, 2.0F);
    std::vector<float> y(n);
    for (const float* factor : {up.data(), static_cast<const float*>(nullptr)}) {
      set.gelu_tanh(x.data(), factor, y.data(), n);
      hash.floats(y);
      set.gelu_erf(x.data(), factor, y.data(), n);
      hash.floats(y);
    }
  }
  return hash.value();
}

std::uint64_t hash_rotary(const KernelSet& set) {
  Hash hash;
  Random random(17);
  for (const std::uint32_t pairs : {1U, 4U, 16U, 17U, 64U, 128U}) {
    std::vector<std::uint64_t> steps(pairs);
    for (std::uint64_t& step : steps) step = random.next() >> random.below(60);
    std::vector<float> c(pairs), s(pairs), y(2 * pairs);
    set.rotary_table(random.next() >> 1, steps.data(), pairs, c.data(), s.data());
    hash.floats(c);
    hash.floats(s);
    set.rotate(plain_floats(2 * pairs, pairs).data(), c.data(), s.data(), pairs, y.data());
    hash.floats(y);
  }
  return hash.value();
}

std::uint64_t hash_sampling(const KernelSet& set) {
  Hash hash;
  for (const std::size_t n : {1U, 15U, 16U, 37U, 256U, 1001U}) {
    for (const float temperature : {0.1F, 0.8F, 1.0F, 1.7F}) {
      const std::vector<float> logits = plain_floats(n, n, 20.0F);
      std::vector<float> weights(n);
      const float best = set.maximum(logits.data(), n);
      const float sum = set.weigh(logits.data(), best, temperature, n, weights.data());
      hash.floats(weights);
      hash.floats(std::vector<float>{best, sum});
    }
  }
  return hash.value();
}

std::uint64_t hash_hadamard(const KernelSet& set) {
  Hash hash;
  for (const std::uint32_t d : head_dims) {
    std::vector<float> x = plain_floats(d, d, 3.0F);
    set.hadamard(x.data(), d);
    hash.floats(x);
  }
  return hash.value();
}

std::uint64_t hash_scores(const KernelSet& set, KvFormat format) {
  Hash hash;
  constexpr std::size_t heads = 3;
  for (const std::uint32_t d : head_dims) {
    const PageSample page(format, d, d);
    const std::vector<float> queries = plain_floats(heads * d, d, 4.0F);
    std::vector<float> scores(heads * 32);
    if (is_integer(format)) {
      const std::size_t stride = page::query_stride(d);
      std::vector<std::int8_t> codes(heads * stride);
      float scales[heads];
      for (std::size_t h = 0; h < heads; ++h) {
        set.quantize_query(&queries[h * d], d, 0.1F, &codes[h * stride], &scales[h]);
      }
      for (const std::int8_t code : codes) hash.byte(static_cast<std::uint8_t>(code));
      (format == KvFormat::int8 ? set.score_int8 : set.score_int4)(
          page.view(), codes.data(), scales, heads, d, scores.data(), 32);
    } else {
      set.score_float(page.view(), format, queries.data(), 0.1F, heads, d, 32, scores.data(), 32);
    }
    hash.floats(scores);
  }
  return hash.value();
}

std::uint64_t hash_values(const KernelSet& set, KvFormat format) {
  Hash hash;
  constexpr std::size_t heads = 3;
  for (const std::uint32_t d : head_dims) {
    const PageSample page(format, d, d + 1);
    std::vector<float> weights = plain_floats(heads * 32, d);
    for (float& weight : weights) weight = std::fabs(weight);
    std::vector<float> out(heads * d, 0.25F);
    if (is_integer(format)) {
      (format == KvFormat::int8 ? set.accumulate_int8 : set.accumulate_int4)(
          page.view(), weights.data(), 32, heads, d, out.data());
    } else {
      set.accumulate_float(page.view(), format, weights.data(), 32, 3, 30, heads, d, out.data());
    }
    hash.floats(out);
  }
  return hash.value();
}

std::uint64_t hash_key_bias(const KernelSet& set) {
  Hash hash;
  constexpr std::size_t heads = 3;
  const std::vector<float> turns = plain_floats(key_bias_turns(40), 1, 1.0F);
  std::vector<std::uint16_t> pairs;
  for (std::uint16_t i = 0; i < 40; i = static_cast<std::uint16_t>(i + 1 + i % 3))
    pairs.push_back(i);
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, pairs.size()}) {
    const std::vector<float> phasors = plain_floats(2 * heads * count, 2, 3.0F);
    const std::vector<float> offsets = plain_floats(heads, 3, 2.0F);
    std::vector<float> scores = plain_floats(heads * 40, 4, 5.0F);
    set.add_key_bias({turns.data(), pairs.data(), count, phasors.data(), offsets.data()}, heads,
                     scores.data(), 40);
    hash.floats(scores);
  }
  return hash.value();
}

/// Tiles that begin, go on, fade to nothing, and are only read.
std::uint64_t hash_recurrence(const KernelSet& set) {
  Hash hash;
  constexpr std::size_t rows = packed::panel_rows;
  for (const std::size_t columns : {std::size_t{16}, std::size_t{36}, std::size_t{128}}) {
    std::vector<float> tile = plain_floats(columns * rows, 1, 2.0F);
    const std::vector<float> u = plain_floats(3 * rows, 2, 1.0F);
    const std::vector<float> k = plain_floats(4 * columns, 3, 0.5F);
    const std::vector<float> q = plain_floats(columns, 4, 0.5F);
    const std::vector<float> v = plain_floats(rows, 5, 1.0F);
    const StateUpdate updates[] = {{u.data(), k.data(), 0.9F},
                                   {u.data() + rows, k.data() + columns, 0.0F},
                                   {u.data() + 2 * rows, k.data() + 2 * columns, 0x1p-39F}};
    std::vector<float> change(rows), out(rows);
    const StateStep step{.k = k.data() + 3 * columns,
                         .q = q.data(),
                         .v = v.data(),
                         .decay = 0.97F,
                         .beta = 0.4F,
                         .k_dot_q = set.dot(k.data(), q.data(), columns),
                         .u = change.data(),
                         .out = out.data()};
    for (std::size_t count = 0; count <= 3; ++count) {
      set.recur(count == 2 ? nullptr : tile.data(), tile.data(), columns, updates, count, &step);
      hash.floats(tile);
      hash.floats(change);
      hash.floats(out);
    }
    for (float& element : tile) element *= 0x1p-70F;
    set.recur(tile.data(), tile.data(), columns, updates, 0, nullptr);
    hash.floats(tile);
    const StateUpdate fading{change.data(), k.data(), 0x1p-9F};
    std::fill(change.begin(), change.end(), 0.0F);
    set.recur(tile.data(), tile.data(), columns, &fading, 1, nullptr);
    hash.floats(tile);
    std::vector<float> gated(columns + 3);
    set.sigmoid_multiply(k.data(), k.data() + columns, gated.data(), columns + 3);
    hash.floats(gated);
  }
  return hash.value();
}

void hash_state(Hash& hash, const SoftmaxState& state) {
  const float both[] = {state.maximum, state.sum};
  hash.floats(both);
}

std::uint64_t hash_softmax(const KernelSet& set) {
  Hash hash;
  for (const std::size_t count : {32U, 64U, 256U}) {
    std::vector<float> scores = plain_floats(count, count, 50.0F);
    const SoftmaxState segment = set.softmax_segment(scores.data(), 5, count - 3, count);
    hash.floats(scores);
    hash_state(hash, segment);
    for (const float maximum : {-70.0F, 45.0F, 49.0F, 120.0F}) {
      SoftmaxState total{.maximum = maximum, .sum = 2.5F};
      std::vector<float> values = plain_floats(48, 4);
      set.combine(segment, plain_floats(48, 5).data(), 48, total, values.data());
      hash.floats(values);
      hash_state(hash, total);
    }
  }
  return hash.value();
}

/// Keys of every size of cache codes: awkward ones, small ones whose scale is the least, nothing.
std::uint64_t hash_cache_codes(const KernelSet& set) {
  Hash hash;
  const auto add = [&](std::uint16_t scale, std::span<const std::int8_t> codes) {
    hash.byte(static_cast<std::uint8_t>(scale & 255));
    hash.byte(static_cast<std::uint8_t>(scale >> 8));
    for (const std::int8_t code : codes) hash.byte(static_cast<std::uint8_t>(code));
  };
  for (const float size : {3.0F, 0x1p-12F, 0x1p-15F, 0x1p-61F, 0.0F}) {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      for (const std::uint32_t n : {8U, 24U, 32U, 64U, 80U, 256U}) {
        std::vector<float> x = plain_floats(n, seed + n, size);
        x[seed % n] = -x[0];  // the largest of both signs now and then
        std::vector<std::int8_t> codes(std::max(n, 32U), 99);
        add(set.quantize_int8(x.data(), n, codes.data()), std::span(codes).first(n));
        if (n <= 32) add(set.quantize_int4(x.data(), n, codes.data()), std::span(codes).first(32));
      }
    }
  }
  return hash.value();
}

}  // namespace

std::vector<KernelHash> kernel_hashes(const KernelSet& set) {
  std::vector<KernelHash> all = {{"quantize", hash_quantize(set)}};
  for (const MatrixFormat f : {MatrixFormat::f32, MatrixFormat::int8, MatrixFormat::int4}) {
    all.push_back({std::string("multiply_") + name_of(f), hash_multiply(set, f)});
  }
  all.push_back({"elementwise", hash_elementwise(set)});
  all.push_back({"gelu", hash_gelu(set)});
  all.push_back({"rotary", hash_rotary(set)});
  for (const KvFormat f : {KvFormat::f32, KvFormat::f16, KvFormat::int8, KvFormat::int4}) {
    all.push_back({std::string("scores_") + name_of(f), hash_scores(set, f)});
    all.push_back({std::string("values_") + name_of(f), hash_values(set, f)});
  }
  all.push_back({"hadamard", hash_hadamard(set)});
  all.push_back({"softmax", hash_softmax(set)});
  all.push_back({"key_bias", hash_key_bias(set)});
  all.push_back({"recurrence", hash_recurrence(set)});
  all.push_back({"cache_codes", hash_cache_codes(set)});
  all.push_back({"sampling", hash_sampling(set)});
  return all;
}

}  // namespace ringlet::test
