#include "decoder/attention/workspace.hpp"

#include <algorithm>

#include "base/features.hpp"
#include "kernels/cache_page.hpp"
#include "kernels/packed_layout.hpp"
#include "ringlet/memory_plan.hpp"

namespace ringlet {
namespace {

/// Allocates consecutive parts, each on its own cache lines. Without memory it counts their bytes
/// and returns null.
class Parts {
 public:
  explicit Parts(std::byte* memory) noexcept : memory_(memory) {}

  template <typename T>
  T* take(std::uint64_t count) noexcept {
    std::byte* part = memory_ == nullptr ? nullptr : memory_ + static_cast<std::size_t>(bytes_);
    bytes_ += MemoryPlan::aligned(count * sizeof(T));
    return reinterpret_cast<T*>(part);
  }

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  std::byte* memory_;
  std::uint64_t bytes_ = 0;
};

KeyBiasWorkspace cut_key_bias(Parts& parts, const Architecture& a) noexcept {
  KeyBiasWorkspace bias;
  bias.offsets = parts.take<float>(a.heads_per_kv());
  bias.phasors = parts.take<float>(std::uint64_t{a.heads_per_kv()} * a.rotary_dim);
  bias.page_phasors = parts.take<float>(std::uint64_t{a.heads_per_kv()} * a.rotary_dim);
  bias.steps = parts.take<std::uint64_t>(a.rotary_dim / 2);
  bias.angles = parts.take<float>(a.rotary_dim);
  bias.page_angles = parts.take<float>(a.rotary_dim);
  bias.pairs = parts.take<std::uint16_t>(a.rotary_dim / 2);
  return bias;
}

AttentionWorkspace cut(Parts& parts, const Architecture& a, std::uint32_t kept_segments,
                       bool key_biases) noexcept {
  const std::uint64_t heads = a.heads_per_kv();
  AttentionWorkspace workspace;
  workspace.queries = parts.take<float>(heads * a.head_dim);
  workspace.query_codes = parts.take<std::int8_t>(heads * page::query_stride(a.head_dim));
  workspace.query_scales = parts.take<float>(heads);
  workspace.scores = parts.take<float>(heads * page::segment_positions);
  workspace.values = parts.take<float>(heads * a.head_dim);
  workspace.segments = parts.take<SoftmaxState>(heads);
  workspace.totals = parts.take<SoftmaxState>(heads);
  workspace.kept_values = parts.take<float>(kept_segments * heads * a.head_dim);
  workspace.kept_states = parts.take<SoftmaxState>(kept_segments * heads);
  if (features::key_bias && key_biases) workspace.bias = cut_key_bias(parts, a);
  return workspace;
}
static_assert(sizeof(SoftmaxState) == 8, "the plan is the same on every target");

}  // namespace

std::uint32_t most_kept_segments(const Config& config) noexcept {
  return !features::threads || config.threads == 1 ? 0
                                                   : config.context / page::segment_positions + 4;
}

std::uint64_t attention_workspace_bytes(const Architecture& architecture,
                                        std::uint32_t kept_segments, bool key_biases) noexcept {
  Parts parts(nullptr);
  (void)cut(parts, architecture, kept_segments, key_biases);
  if (!features::recurrent) return parts.bytes();
  const std::uint64_t tile = std::uint64_t{packed::panel_rows} * architecture.state_key_dim;
  return std::max(parts.bytes(), tile * sizeof(float));
}

AttentionWorkspace AttentionWorkspaces::of_thread(const Architecture& architecture,
                                                  std::uint32_t thread) const noexcept {
  Parts parts(begin(thread));
  return cut(parts, architecture, kept_segments, key_biases != 0);
}

}  // namespace ringlet
