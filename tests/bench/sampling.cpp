// What it costs to choose a token: microseconds of one thread with the best kernels, as the rows of
// the table in runtime/sampling/README.md. Peaked logits have twenty likely tokens far above the
// others; medium and flat ones are normal with deviations of 2.5 and 1.
#include <algorithm>
#include <cstdio>
#include <random>
#include <vector>

#include "cpu_clock.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/kernels.hpp"
#include "ringlet/sampler.hpp"
#include "support/aligned.hpp"

namespace ringlet::test {
namespace {

struct Row {
  const char* name;
  SamplerOptions options;
};

const Row rows[] = {
    {"greedy", {}},
    {"top-p 0.95", {.temperature = 0.8F, .top_p = 0.95F}},
    {"top-p 0.95, penalty", {.temperature = 0.8F, .top_p = 0.95F, .repeat_penalty = 1.1F}},
    {"top-k 40", {.temperature = 0.8F, .top_k = 40}},
    {"top-k 40, top-p 0.95, min-p 0.05",
     {.temperature = 0.8F, .top_k = 40, .top_p = 0.95F, .min_p = 0.05F}},
};

std::vector<float> logits_of(std::uint32_t vocab_size, float deviation, bool peaked) {
  std::mt19937 generator(1);
  std::normal_distribution<float> normal(0.0F, deviation);
  std::vector<float> logits(vocab_size);
  for (float& logit : logits) logit = normal(generator);
  for (std::uint32_t i = 0; peaked && i < 20; ++i) {
    logits[i * 1237U % vocab_size] = 14.0F + normal(generator);
  }
  return logits;
}

/// The median time of a token, in microseconds.
double time_of(const SamplerOptions& options, const std::vector<float>& logits) {
  const auto vocab_size = static_cast<std::uint32_t>(logits.size());
  AlignedBytes workspace(
      static_cast<std::size_t>(Sampler::workspace_bytes(vocab_size, options.repeat_window)));
  Sampler sampler = port::value_of(
      "sampler", Sampler::create(options, vocab_size, workspace.span(), port::best_kernels()));
  std::vector<double> times(101);
  for (double& time : times) {
    const double start = cpu_seconds();
    sampler.sample(logits);
    time = 1e6 * (cpu_seconds() - start);
  }
  std::nth_element(times.begin(), times.begin() + 50, times.end());
  return times[50];
}

int run() {
  std::printf("| vocabulary | options | peaked | medium | flat |\n|---|---|---|---|---|\n");
  for (const std::uint32_t vocab_size : {32000U, 49152U, 151936U}) {
    const std::vector<float> peaked = logits_of(vocab_size, 1.0F, true);
    const std::vector<float> medium = logits_of(vocab_size, 2.5F, false);
    const std::vector<float> flat = logits_of(vocab_size, 1.0F, false);
    for (const Row& row : rows) {
      std::printf("| %u,%03u | %s | %.0f | %.0f | %.0f |\n", vocab_size / 1000, vocab_size % 1000,
                  row.name, time_of(row.options, peaked), time_of(row.options, medium),
                  time_of(row.options, flat));
    }
  }
  return 0;
}

}  // namespace
}  // namespace ringlet::test

int main() { return ringlet::test::run(); }
