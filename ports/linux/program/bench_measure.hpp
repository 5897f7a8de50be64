// The measurements of `ringlet bench`: one session for each cache format.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "options.hpp"

namespace ringlet::cli {

/// What to measure. Lists are combined with each other.
struct BenchPlan {
  std::vector<std::uint32_t> prompts;  // tokens of a prefill
  std::vector<std::uint32_t> tokens;   // tokens decoded one by one
  std::vector<std::uint32_t> depths;   // tokens in the session before that
  std::vector<std::uint32_t> threads;
  std::vector<std::string> kv;                     // "" takes what the model recommends
  std::vector<std::string> prefill = {"ringlet"};  // what multiplies prompts
  std::uint32_t repetitions = 5;
};

/// Tokens per second over the repetitions.
struct Rate {
  double median = 0;
  double minimum = 0;
  double maximum = 0;
};

/// Seconds that single tokens took: of half of them at most p50, and of 99 in 100 at most p99.
struct Latency {
  double p50 = 0;
  double p99 = 0;
};

struct BenchResult {
  bool decode = false;  // otherwise prefill
  std::uint32_t tokens = 0;
  std::uint32_t depth = 0;
  std::uint32_t threads = 0;
  std::uint32_t prefetch_bytes = 0;
  std::string kv;
  std::string prefill;  // "ringlet" or "xnnpack"; single tokens are always the former's
  Rate tokens_per_second;
  Latency latency;  // over all repetitions; zero for prefill
  // The same with each token's time that of its fastest repetition, which leaves the program's own
  // slow tokens and not the machine's. Zero where repetitions could not go over the same positions.
  Latency best;
  std::uint64_t bytes_per_token = 0;  // weights and cache that one token reads; 0 for prefill
  double multiplications_per_token =
      0;  // of the matrices; one multiplication and one addition each
};

/// Matrices that every token reads, in bytes of their planes (an embedding that is not the head as
/// well gives one row, which does not count), and the weights of the layers and of the head.
struct WeightTraffic {
  std::uint64_t bytes = 0;
  double layers = 0;
  double head = 0;  // multiplied with the last token of a prompt only
};
[[nodiscard]] WeightTraffic weight_traffic(const Model& model);

/// Measures everything in the order kv, prefill, depth, threads, prompts, tokens, so that each
/// depth is reached once for each of the first two, by prefill on all threads; and calls `report`
/// with each result. Single tokens are decoded beside the first prefill only. The session's other
/// settings come from `base`.
void run_benchmark(const LoadedModel& model, const BenchPlan& plan, const SessionOptions& base,
                   const std::function<void(const BenchResult&)>& report);

/// How fast memory can be read, in bytes per second.
struct Bandwidth {
  double memory = 0;  // 256 MiB of the process's own, in huge pages where there are any
  double file = 0;    // the model where it is mapped, which is what decoding reads
};
[[nodiscard]] Bandwidth measure_bandwidth(const LoadedModel& model, std::uint32_t threads);

}  // namespace ringlet::cli
