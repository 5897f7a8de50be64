// The measurements of `ringlet bench`: one session for each cache format.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench_statistics.hpp"
#include "options.hpp"

namespace ringlet::cli {

/// The measurements to make: all combinations of the lists.
struct BenchPlan {
  std::vector<std::uint32_t> prompts;      // prompt lengths for prefill, in tokens
  std::vector<std::uint32_t> tokens;       // numbers of tokens to decode one by one
  std::vector<std::uint32_t> pass_tokens;  // numbers of tokens to verify in one pass
  std::vector<std::uint32_t> depths;       // tokens in the session before each measurement
  std::vector<std::uint32_t> threads;
  std::vector<std::string> kv;                     // "" selects the model's recommendation
  std::vector<std::string> prefill = {"ringlet"};  // backends for prompts
  std::uint32_t repetitions = 5;
  SamplingOptions sampling = {};  // measured with the logits of each decoded token
};

enum class BenchTest : std::uint8_t {
  prefill,  // a prompt
  decode,   // single tokens
  pass,     // passes over several tokens, with logits after each
};

struct BenchResult {
  BenchTest test = BenchTest::prefill;
  std::uint32_t tokens = 0;  // in one pass, if the test is that
  std::uint32_t depth = 0;
  std::uint32_t threads = 0;
  std::uint32_t prefetch_bytes = 0;
  std::string kv;
  std::string prefill;  // "ringlet" or "xnnpack"; always "ringlet" for other tests
  Rate tokens_per_second;
  Latency latency;  // of a token or a pass, over all repetitions; zero for prefill
  // The same quantiles with the fastest repetition of each token, which excludes slowness of the
  // machine. Zero if repetitions could not use the same positions, and for passes.
  Latency best;
  double sampling_seconds = 0;  // median time to sample from a token's logits; 0 without decoding
  double cost = 0;              // of a pass: its time, with that of a pass over one token as 1
  // Weights and cache that a token or a pass reads; 0 for prefill.
  std::uint64_t bytes_read = 0;
  // Of the matrices, one multiplication and one addition each.
  double multiplications_per_token = 0;
};

/// The matrices that every token reads: bytes of their planes, and numbers of weights in the layers
/// and in lm_head. An embedding that is not also lm_head contributes only one row, which does not
/// count.
struct WeightTraffic {
  std::uint64_t bytes = 0;
  double layers = 0;
  double head = 0;  // multiplied only for the last token of a prompt
};
[[nodiscard]] WeightTraffic weight_traffic(const Model& model);

/// Measures everything in the order kv, prefill, depth, threads, prompts, tokens, passes, and
/// calls `report` with each result. Each depth is thus reached once per kv and prefill, by prefill
/// on all threads. Prompts alone are measured with every prefill backend, the rest only with the
/// first. The other settings of the session come from `base`.
void run_benchmark(const LoadedModel& model, const BenchPlan& plan, const SessionOptions& base,
                   const std::function<void(const BenchResult&)>& report);

/// Read bandwidth of memory, in bytes per second.
struct Bandwidth {
  double memory = 0;  // of 256 MiB of process memory, in huge pages if available
  double file = 0;    // of the mapped model, which decoding reads
};
[[nodiscard]] Bandwidth measure_bandwidth(const LoadedModel& model, std::uint32_t threads);

}  // namespace ringlet::cli
