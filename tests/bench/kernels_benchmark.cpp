// Google Benchmark of every kernel of every set that this processor runs. Names are
// kernel/set/arguments; matrix products and cache pages report the bytes that they read per second
// and their multiplications.
#include <benchmark/benchmark.h>

#include <string>

#include "kernels/cache_page.hpp"
#include "kernels/packed_layout.hpp"
#include "ringlet/linux/threads.hpp"
#include "support/kernel_sets.hpp"
#include "support/packed.hpp"
#include "support/page_sample.hpp"

namespace ringlet::test {
namespace {

/// Rows × columns of the 15M, 135M and 1.1B shapes' feed-forward, in the cache and far beyond it.
struct Shape {
  std::uint32_t rows, columns;
};
constexpr Shape shapes[] = {{768, 288}, {1536, 576}, {5632, 2048}, {32000, 2048}};

void multiply(benchmark::State& state, const KernelSet& set, MatrixFormat format, Shape shape,
              std::uint32_t tokens) {
  const PackedSample sample = random_packed(format, shape.rows, shape.columns, 1);
  const std::vector<float> x = plain_floats(std::size_t{tokens} * shape.columns, 2);
  QuantizedSample quantized(tokens, shape.columns);
  for (std::uint32_t t = 0; t < tokens; ++t) {
    set.quantize(x.data() + std::size_t{t} * shape.columns, shape.columns, quantized.token(t));
  }
  const std::size_t stride = packed::padded_rows(shape.rows);
  std::vector<float> y(tokens * stride);
  const Activations view{.floats = x.data(),
                         .quantized = quantized.token(0),
                         .tokens = tokens,
                         .float_stride = shape.columns,
                         .code_stride = quantized.code_stride,
                         .group_stride = quantized.group_stride};
  for (auto _ : state) {
    set.multiply(sample.matrix, view, y.data(), stride, 0, shape.rows);
    benchmark::ClobberMemory();
  }
  const double weights = static_cast<double>(shape.rows) * shape.columns;
  state.SetBytesProcessed(
      static_cast<std::int64_t>(static_cast<double>(state.iterations()) *
                                static_cast<double>(sample.codes.size() + sample.scales.size())));
  state.counters["MAC/s"] =
      benchmark::Counter(weights * tokens, benchmark::Counter::kIsIterationInvariantRate);
}

void quantize(benchmark::State& state, const KernelSet& set, std::uint32_t n) {
  const std::vector<float> x = plain_floats(n, 1);
  QuantizedSample room(1, n);
  for (auto _ : state) {
    set.quantize(x.data(), n, room.token(0));
    benchmark::ClobberMemory();
  }
}

/// The kernels that take vectors of n floats.
template <typename Call>
void elementwise(benchmark::State& state, std::size_t n, Call call) {
  const std::vector<float> a = plain_floats(n, 1, 4.0F);
  const std::vector<float> b = plain_floats(n, 2);
  std::vector<float> y(n);
  for (auto _ : state) {
    call(a.data(), b.data(), y.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(n));
}

void score(benchmark::State& state, const KernelSet& set, KvFormat format, std::uint32_t d,
           std::size_t heads) {
  const PageSample page(format, d, 1);
  const std::vector<float> queries = plain_floats(heads * d, 2);
  const std::size_t stride = page::query_stride(d);
  AlignedBytes codes(heads * stride);
  std::vector<float> scales(heads), scores(heads * 32);
  for (std::size_t h = 0; h < heads; ++h) {
    set.quantize_query(&queries[h * d], d, 0.1F, codes.as<std::int8_t>() + h * stride, &scales[h]);
  }
  for (auto _ : state) {
    if (format == KvFormat::int8) {
      set.score_int8(page.view(), codes.as<std::int8_t>(), scales.data(), heads, d, scores.data(),
                     32);
    } else {
      set.score_float(page.view(), format, queries.data(), 0.1F, heads, d, 32, scores.data(), 32);
    }
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(32 * heads));
}

void accumulate(benchmark::State& state, const KernelSet& set, KvFormat format, std::uint32_t d,
                std::size_t heads) {
  const PageSample page(format, d, 1);
  std::vector<float> weights = plain_floats(heads * 32, 2);
  for (float& weight : weights) weight = weight < 0 ? -weight : weight;
  std::vector<float> out(heads * d);
  for (auto _ : state) {
    if (format == KvFormat::int8) {
      set.accumulate_int8(page.view(), weights.data(), 32, heads, d, out.data());
    } else {
      set.accumulate_float(page.view(), format, weights.data(), 32, 0, 32, heads, d, out.data());
    }
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(32 * heads));
}

/// What it costs to hand out a piece of work and to wait for it.
void barrier(benchmark::State& state, std::uint32_t threads) {
  port::ThreadTeam team_of_threads(threads);
  const Team team = team_of_threads.team();
  for (auto _ : state) {
    team.run(
        team.user_data, threads, [](void*, std::uint32_t) {}, nullptr);
  }
}

template <typename... Arguments>
void add(const std::string& name, Arguments... arguments) {
  benchmark::RegisterBenchmark(name.c_str(), arguments...);
}

void add_products(const KernelSet& set) {
  const std::string name = name_of(set);
  for (const MatrixFormat format : {MatrixFormat::int4, MatrixFormat::int8, MatrixFormat::f32}) {
    for (const Shape shape : shapes) {
      if (format == MatrixFormat::f32 && shape.rows > 6000) continue;  // a quarter of a gigabyte
      for (const std::uint32_t tokens : {1U, 2U, 4U, 8U, 16U, 64U, 512U}) {
        add("multiply_" + std::string(name_of(format)) + "/" + name + "/" +
                std::to_string(shape.rows) + "x" + std::to_string(shape.columns) + "/" +
                std::to_string(tokens),
            multiply, std::cref(set), format, shape, tokens);
      }
    }
  }
  add("quantize/" + name + "/2048", quantize, std::cref(set), 2048U);
}

void add_vectors(const KernelSet& set) {
  constexpr std::size_t n = 2048;
  const auto one = [&](const char* kernel, auto call) {
    add(std::string(kernel) + "/" + name_of(set) + "/2048",
        [call](benchmark::State& state) { elementwise(state, n, call); });
  };
  one("rms_norm",
      [&set](const float* a, const float* b, float* y) { set.rms_norm(a, b, y, n, 1e-5F); });
  one("silu_multiply",
      [&set](const float* a, const float* b, float* y) { set.silu_multiply(a, b, y, n); });
  one("gelu_tanh", [&set](const float* a, const float* b, float* y) { set.gelu_tanh(a, b, y, n); });
  one("gelu_erf", [&set](const float* a, const float* b, float* y) { set.gelu_erf(a, b, y, n); });
  one("add", [&set](const float* a, const float*, float* y) { set.add(a, y, n); });
  one("scale", [&set](const float* a, const float*, float* y) { set.scale(a, 0.9F, n, y); });
  one("rotate",
      [&set](const float* a, const float* b, float* y) { set.rotate(a, b, b, n / 2, y); });
  one("softmax_segment", [&set](const float* a, const float*, float* y) {
    std::copy(a, a + 256, y);
    benchmark::DoNotOptimize(set.softmax_segment(y, 0, 256, 256));
  });
}

void add_pages(const KernelSet& set) {
  for (const KvFormat format : {KvFormat::int8, KvFormat::f16, KvFormat::f32}) {
    for (const std::size_t heads : {1U, 4U}) {
      const std::string suffix =
          std::string(name_of(format)) + "/" + name_of(set) + "/64/" + std::to_string(heads);
      add("score_" + suffix, score, std::cref(set), format, 64U, heads);
      add("accumulate_" + suffix, accumulate, std::cref(set), format, 64U, heads);
    }
  }
}

}  // namespace
}  // namespace ringlet::test

int main(int argc, char** argv) {
  using namespace ringlet::test;
  for (const ringlet::KernelSet* set : kernel_sets()) {
    add_products(*set);
    add_vectors(*set);
    add_pages(*set);
  }
  for (const std::uint32_t threads : {1U, 2U, 4U}) {
    add("barrier/" + std::to_string(threads), barrier, threads);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
