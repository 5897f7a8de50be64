// The memory that a thread needs for attention, and its layout.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/features.hpp"
#include "decoder/attention/key_bias.hpp"
#include "kernels/kernel_set.hpp"
#include "ringlet/architecture.hpp"
#include "ringlet/config.hpp"
#include "ringlet/memory_plan.hpp"

namespace ringlet {

/// A thread's workspace for the attention of one token over one kv head.
struct AttentionWorkspace {
  float* queries = nullptr;            // heads_per_kv × head_dim, rotated
  std::int8_t* query_codes = nullptr;  // heads_per_kv × head_dim padded to 16
  float* query_scales = nullptr;       // heads_per_kv
  float* scores = nullptr;             // heads_per_kv × one segment
  float* values = nullptr;             // heads_per_kv × head_dim, of one segment
  SoftmaxState* segments = nullptr;    // heads_per_kv, of the current segment
  SoftmaxState* totals = nullptr;      // heads_per_kv, of all segments so far
  // Values and states of segments whose item another thread began and will fold.
  float* kept_values = nullptr;
  SoftmaxState* kept_states = nullptr;
  KeyBiasWorkspace bias;  // empty unless the model has key biases
};

/// The maximum number of segments that a thread must keep for one token and kv head. Sink, cold and
/// hot positions, which make up the context, can each begin and end inside a segment. The first of
/// all segments is never kept. A single thread keeps none.
[[nodiscard]] std::uint32_t most_kept_segments(const Config& config) noexcept;

/// Size in bytes of the workspace of one thread, a multiple of MemoryPlan::alignment. A tile of the
/// state of a gated delta rule fits too.
[[nodiscard]] std::uint64_t attention_workspace_bytes(const Architecture& architecture,
                                                      std::uint32_t kept_segments,
                                                      bool key_biases) noexcept;

/// The workspaces of all threads, one after the other.
struct AttentionWorkspaces {
  std::byte* memory = nullptr;
  std::uint32_t kept_segments = 0;   // capacity of each workspace
  std::uint32_t lines : 31 = 0;      // blocks of MemoryPlan::alignment in each
  std::uint32_t key_biases : 1 = 0;  // whether each has a part for key biases

  [[nodiscard]] AttentionWorkspace of_thread(const Architecture& architecture,
                                             std::uint32_t thread) const noexcept;

  /// The same memory for a gated delta rule: a tile of its state.
  [[nodiscard]] float* tile_of_thread(std::uint32_t thread) const noexcept {
    return reinterpret_cast<float*>(begin(thread));
  }

 private:
  [[nodiscard]] std::byte* begin(std::uint32_t thread) const noexcept {
    return features::threads ? memory + std::size_t{thread} * lines * MemoryPlan::alignment
                             : memory;
  }
};

}  // namespace ringlet
