// What a pass over several tokens costs, as a multiple of a pass over one: the matrix products of
// all layers and of the head alone, and a whole prefill of that many tokens. Speculative decoding
// and pools of sessions live from this number. The last column says how many times as fast a pool
// is that gives as many sessions, each 448 tokens deep, a token in one pass.
//
// The weights of a model are read once per pass, so with a model larger than the caches they come
// from memory, as in decoding; --cold takes any model out of the caches before each pass. Each pass
// over M tokens is followed by one over one token, and a figure is the median of the ratios of such
// neighbours, in CPU time of the only thread.
#include <sys/mman.h>
#ifdef __x86_64__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "cpu_clock.hpp"
#include "kernels/kernel_set.hpp"
#include "kernels/packed_layout.hpp"
#include "model/weights.hpp"
#include "ringlet/linux/kernels.hpp"
#include "ringlet/pool.hpp"
#include "ringlet/session.hpp"
#include "support/aligned.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t most_tokens = 32;
constexpr std::size_t huge_page = std::size_t{1} << 21;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "ringlet_several_tokens: %s\n", what.c_str());
  std::exit(2);
}

/// A copy of a file in anonymous memory, in huge pages if the kernel gives them.
std::span<const std::byte> copy_of(const std::string& path, bool huge) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) fail("cannot read " + path);
  const auto size = static_cast<std::size_t>(file.tellg());
  const std::size_t room = (size / huge_page + 2) * huge_page;
  void* memory = mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("no memory for " + path);
  madvise(memory, room, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  auto* begin = reinterpret_cast<char*>((address + huge_page - 1) / huge_page * huge_page);
  file.seekg(0);
  file.read(begin, static_cast<std::streamsize>(size));
  return {reinterpret_cast<const std::byte*>(begin), size};
}

/// Takes bytes out of all caches.
void flush(std::span<const std::byte> bytes) {
  constexpr std::size_t line = 64;
  for (std::size_t i = 0; i < bytes.size(); i += line) {
#if defined(__x86_64__)
    _mm_clflush(bytes.data() + i);
#elif defined(__aarch64__)
    asm volatile("dc civac, %0" : : "r"(bytes.data() + i) : "memory");
#else
    fail("--cold is for x86-64 and AArch64");
#endif
  }
#if defined(__x86_64__)
  _mm_mfence();
#elif defined(__aarch64__)
  asm volatile("dsb sy" : : : "memory");
#endif
}

/// How much of the program's anonymous memory lies in huge pages, in MiB.
long huge_mebibytes() {
  std::ifstream file("/proc/self/smaps_rollup");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("AnonHugePages:", 0) == 0) return std::atol(line.c_str() + 14) / 1024;
  }
  return -1;
}

/// The products of one pass: every layer's matrices and the head, for up to most_tokens tokens.
class Products {
 public:
  Products(const Model& model, const KernelSet& set) : set_(set) {
    for (std::uint32_t i = 0; i < model.architecture().layers; ++i) {
      const LayerWeights layer = layer_weights(model, i);
      for (const PackedMatrix& m :
           {layer.wq, layer.wk, layer.wv, layer.wo, layer.w_gate, layer.w_up, layer.w_down}) {
        if (m.codes != nullptr) matrices_.push_back(m);
      }
    }
    head_ = lm_head(model);
    std::uint32_t columns = head_.columns;
    std::uint32_t rows = head_.rows;
    for (const PackedMatrix& m : matrices_) {
      columns = std::max(columns, m.columns);
      rows = std::max(rows, m.rows);
    }
    stride_ = packed::padded_rows(std::size_t{rows}) + packed::panel_rows;
    y_.resize(most_tokens * stride_);
    // As in the decoder, an odd number of lines apart.
    groups_ = (packed::groups(columns) + 1) / 2;
    groups_ = (groups_ | 1) * 2;
    codes_ = AlignedBytes(std::size_t{most_tokens} * groups_ * packed::group_size);
    scales_ = AlignedBytes(std::size_t{most_tokens} * groups_ * sizeof(float));
    offsets_ = AlignedBytes(std::size_t{most_tokens} * groups_ * sizeof(std::int32_t));
    std::vector<float> x(columns);
    for (std::uint32_t t = 0; t < most_tokens; ++t) {
      for (std::uint32_t k = 0; k < columns; ++k) {
        x[k] = static_cast<float>((k * 37 + t * 11) % 201) / 100 - 1;
      }
      set.quantize(x.data(), columns, vectors(t));
    }
  }

  void layers(std::uint32_t tokens) {
    for (const PackedMatrix& matrix : matrices_) multiply(matrix, tokens);
  }
  void head(std::uint32_t tokens) { multiply(head_, tokens); }

 private:
  void multiply(const PackedMatrix& matrix, std::uint32_t tokens) {
    const Activations x{.quantized = vectors(0),
                        .tokens = tokens,
                        .code_stride = groups_ * packed::group_size,
                        .group_stride = groups_};
    set_.multiply(matrix, x, y_.data(), stride_, 0, matrix.rows);
  }

  /// The vectors from token t on.
  QuantizedVector vectors(std::size_t t) {
    return {codes_.as<std::int8_t>() + t * groups_ * packed::group_size,
            scales_.as<float>() + t * groups_, offsets_.as<std::int32_t>() + t * groups_};
  }

  const KernelSet& set_;
  std::vector<PackedMatrix> matrices_;
  PackedMatrix head_;
  std::size_t stride_ = 0;
  std::vector<float> y_;
  std::uint32_t groups_ = 0;
  AlignedBytes codes_, scales_, offsets_;
};

/// A pool of sessions that are deep in their texts.
class Sessions {
 public:
  Sessions(const Model& model, const KernelSet& set, std::uint32_t count) {
    const PoolConfig config{
        .session = {.context = 512, .kv = KvFormat::int8, .prefill_chunk = most_tokens},
        .sessions = count};
    const auto plan = ringlet::plan(model, config);
    if (!plan) fail("no plan of a pool");
    memory_ = AlignedBytes(static_cast<std::size_t>(plan->total()));
    const auto pool = Pool::create(model, config, memory_.span(), set);
    if (!pool) fail("no pool");
    pool_ = *pool;
    std::vector<TokenId> text(depth);
    for (std::uint32_t t = 0; t < depth; ++t) text[t] = 3 + t % 200;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!pool_.session(i).prefill(text).ok()) fail("no prefill of a pool");
    }
  }

  /// A token for each of the first `count` sessions, which then go back.
  void step(std::uint32_t count) {
    std::vector<Pool::Row> rows;
    for (std::uint32_t i = 0; i < count; ++i) rows.push_back({i, 5 + i});
    if (!pool_.step(rows).ok()) fail("no step");
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!pool_.session(i).truncate(depth).ok()) fail("no truncate");
    }
  }

 private:
  static constexpr std::uint32_t depth = 448;
  AlignedBytes memory_;
  Pool pool_;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <typename Pass>
double seconds(const Pass& pass, std::uint32_t tokens, std::span<const std::byte> cold) {
  flush(cold);
  const double began = cpu_seconds();
  pass(tokens);
  return cpu_seconds() - began;
}

/// Samples of one count of tokens.
struct Samples {
  std::vector<double> products, pass, head, sessions;
};

struct Options {
  std::string_view isa = "auto";
  std::uint32_t rounds = 15;
  bool huge = true;
  bool cold = false;
  std::vector<std::uint32_t> counts = {2, 3, 4, 5, 6, 7, 8, 12, 16};
};

void measure(const std::string& path, const Options& options) {
  const auto& [isa, rounds, huge, is_cold, counts] = options;
  const KernelSet& set = port::find_kernels(isa);
  const auto model = Model::open(copy_of(path, huge));
  if (!model) fail(path + " is not a model");
  Config config;
  config.context = 128;
  config.kv = KvFormat::int8;
  config.prefill_chunk = most_tokens;
  const auto plan = ringlet::plan(*model, config);
  if (!plan) fail("no plan");
  AlignedBytes memory(plan->total());
  auto session = Session::create(*model, config, {memory.as<std::byte>(), plan->total()}, set);
  if (!session) fail("no session");
  Products products(*model, set);
  const std::span<const std::byte> cold = is_cold ? model->bytes() : std::span<const std::byte>();
  Sessions sessions(*model, set, *std::max_element(counts.begin(), counts.end()));
  std::vector<TokenId> text(most_tokens);
  for (std::uint32_t t = 0; t < most_tokens; ++t) text[t] = 3 + t;

  const auto all = [&](std::uint32_t tokens) {
    products.layers(tokens);
    products.head(tokens);
  };
  const auto head = [&](std::uint32_t tokens) { products.head(tokens); };
  const auto step = [&](std::uint32_t tokens) { sessions.step(tokens); };
  const auto pass = [&](std::uint32_t tokens) {
    if (!session->truncate(64).ok()) fail("no truncate");
    if (!session->prefill(std::span(text).first(tokens)).ok()) fail("no prefill");
  };
  for (int i = 0; i < 2; ++i) {
    if (!session->prefill(text).ok()) fail("no prefill");
  }
  pass(1);
  all(1);
  std::vector<Samples> samples(counts.size());
  std::vector<double> one;
  for (std::uint32_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const std::uint32_t tokens = counts[i];
      const double products_m = seconds(all, tokens, cold);
      const double products_1 = seconds(all, 1, cold);
      const double pass_m = seconds(pass, tokens, cold);
      const double pass_1 = seconds(pass, 1, cold);
      const double head_m = seconds(head, tokens, cold);
      const double head_1 = seconds(head, 1, cold);
      const double step_m = seconds(step, tokens, cold);
      const double step_1 = seconds(step, 1, cold);
      samples[i].sessions.push_back(tokens * step_1 / step_m);
      samples[i].products.push_back(products_m / products_1);
      samples[i].pass.push_back(pass_m / pass_1);
      samples[i].head.push_back((pass_m + head_m - head_1) / pass_1);
      one.push_back(pass_1);
    }
  }
  std::printf("%s, %s, %u rounds, one token %.2f ms, %ld MiB in huge pages%s\n", path.c_str(),
              name_of(set), rounds, 1e3 * median(one), huge_mebibytes(),
              is_cold ? ", out of the caches before each pass" : "");
  std::printf("| tokens | products | prefill | with logits after each | as many sessions |\n");
  std::printf("|---|---|---|---|---|\n");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    std::printf("| %u | %.2f | %.2f | %.2f | %.2fx |\n", counts[i], median(samples[i].products),
                median(samples[i].pass), median(samples[i].head), median(samples[i].sessions));
  }
}

}  // namespace
}  // namespace ringlet::test

int main(int argc, char** argv) {
  ringlet::test::Options options;
  std::vector<std::string> models;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--isa" && i + 1 < argc) {
      options.isa = argv[++i];
    } else if (argument == "--rounds" && i + 1 < argc) {
      options.rounds = static_cast<std::uint32_t>(std::max(1L, std::atol(argv[++i])));
    } else if (argument == "--tokens" && i + 1 < argc) {
      options.counts = {static_cast<std::uint32_t>(std::clamp(std::atol(argv[++i]), 1L, 32L))};
    } else if (argument == "--small-pages") {
      options.huge = false;
    } else if (argument == "--cold") {
      options.cold = true;
    } else {
      models.emplace_back(argument);
    }
  }
  if (models.empty()) {
    std::fprintf(stderr,
                 "usage: ringlet_several_tokens [--isa SET] [--rounds N] [--tokens M] "
                 "[--small-pages] [--cold] MODEL...\n");
    return 2;
  }
  for (const std::string& model : models) {
    ringlet::test::measure(model, options);
  }
  return 0;
}
