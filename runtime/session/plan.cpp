#include "session/plan.hpp"

#include <algorithm>

#include "base/features.hpp"
#include "cache/kv_cache.hpp"
#include "decoder/scratch.hpp"
#include "kernels/packed_layout.hpp"
#include "model/needs.hpp"
#include "model/weights.hpp"
#include "ringlet/memory_plan.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t most_lanes = 256;
constexpr std::uint32_t largest_window_of_text = 1U << 24;

Status bad(const char* where, const char* what) {
  return {ErrorCode::invalid_argument, where, what};
}

struct Range {
  const char* name;
  std::uint32_t value;
  std::uint32_t least;
  std::uint32_t most;
};

Status check_range(const Range& range) {
  const auto [name, value, least, most] = range;
  if (value < least) return bad(name, "is too small").with(least, value);
  if (value > most) return bad(name, "is too large").with(most, value);
  return {};
}

/// Whether some layer keeps keys or values in INT4.
bool has_tiers(const Model& model, const Config& config) {
  for (std::uint32_t i = 0; i < model.architecture().layers; ++i) {
    const KvFormats formats = config.kv.value_or(model.recommended_kv(i));
    if (formats.keys == KvFormat::int4 || formats.values == KvFormat::int4) return true;
  }
  return false;
}

/// The sections of the cache, summed over the layers. A region that no layer has gets none.
Status plan_cache(const Model& model, const Config& config, MemoryPlan& plan) {
  const Architecture& a = model.architecture();
  // One layer is below 2^60 bytes by the bounds of the verifier; thousands of layers may not be.
  constexpr std::uint64_t most_of_a_section = std::uint64_t{1} << 62;
  LayerCacheBytes sum;
  for (std::uint32_t i = 0; i < a.layers; ++i) {
    const LayerCache layer = layer_cache(config, model.window(i), model.recommended_kv(i));
    const LayerCacheBytes bytes = layer_cache_bytes(layer, a);
    for (std::size_t region = 0; region < region_count; ++region) {
      sum.keys[region] += bytes.keys[region];
      sum.values[region] += bytes.values[region];
      if (std::max(sum.keys[region], sum.values[region]) > most_of_a_section) {
        return {ErrorCode::out_of_range, "context",
                "needs a cache that does not fit into any memory"};
      }
    }
  }
  Status status;
  const auto add = [&](const char* name, std::uint64_t bytes) {
    if (status.ok()) status = plan.add(name, bytes).status();
  };
  add("cache layers", a.layers * sizeof(LayerCache));
  for (std::size_t region = 0; region < region_count; ++region) {
    if (region == static_cast<std::size_t>(Region::cold) && sum.keys[region] == 0) continue;
    if (region == static_cast<std::size_t>(Region::pinned) && config.sinks_in_image) continue;
    add(key_sections[region], sum.keys[region]);
    add(value_sections[region], sum.values[region]);
  }
  return status;
}
static_assert(sizeof(LayerCache) == 88, "the plan is the same on every target");

}  // namespace

Result<Config> resolve(const Model& model, const Config& config) noexcept {
  if (model.tables() == nullptr) return bad("model", "is empty; open a file first");
  const Architecture& a = model.architecture();
  Config resolved = config;
  if (resolved.context == 0) resolved.context = a.context;
  if (resolved.context > a.context && !resolved.allow_longer_context) {
    return bad("context", "is longer than the model was trained on; allow_longer_context overrides")
        .with(a.context, resolved.context);
  }
  Status status = check_range({"context", resolved.context, 1, largest_context});
  if (status.ok() && resolved.sinks >= resolved.context) {
    status = bad("sinks", "must leave room in the context for a window")
                 .with(resolved.context - 1, resolved.sinks);
  }
  if (status.ok() && resolved.sinks_in_image && resolved.sinks == 0) {
    status = bad("sinks_in_image", "needs sinks that could lie there");
  }
  const Range ranges[] = {{"prefill_chunk", resolved.prefill_chunk, 1, largest_chunk},
                          {"hot_window", resolved.hot_window, 1, largest_context},
                          {"lanes", resolved.lanes, 1, most_lanes},
                          {"longest_word", resolved.longest_word, 1, largest_window_of_text},
                          {"repeat_window", resolved.repeat_window, 0, largest_window_of_text}};
  for (const Range& range : ranges) {
    if (status.ok()) status = check_range(range);
  }
  if (status.ok() && resolved.hot_window < resolved.ring_chunk() && has_tiers(model, resolved)) {
    status = bad("hot_window", "must hold what the ring takes in at once for an INT4 cache")
                 .with(resolved.ring_chunk(), resolved.hot_window);
  }
  if (status.ok() && !features::threads && resolved.lanes > 1) status = left_out("threads");
  if (status.ok() && !features::accelerator && resolved.accelerator_bytes != 0) {
    status = left_out("accelerator");
  }
  if (status.ok() && !features::int4_cache && has_tiers(model, resolved)) {
    status = left_out("int4_cache");
  }
  if (!status.ok()) return status;
  return resolved;
}

Result<MemoryPlan> plan(const Model& model, const Config& config) noexcept {
  const Result<Config> resolved = resolve(model, config);
  if (!resolved) return resolved.status();
  const Architecture& a = model.architecture();
  MemoryPlan plan;
  Status status;
  const auto add = [&](const char* name, std::uint64_t bytes) {
    if (status.ok()) status = plan.add(name, bytes).status();
  };
  add("session", session_state_bytes);
  if (status.ok()) status = plan_cache(model, *resolved, plan);
  add("logits", packed::padded_rows(a.vocab_size) * sizeof(float));
  add("sampler", Sampler::workspace_bytes(a.vocab_size, resolved->repeat_window));
  add("tokenizer", Tokenizer::workspace_bytes(resolved->longest_word));
  if (status.ok()) status = plan_scratch(a, *resolved, has_key_bias(model), plan);
  // Last, so that nothing else lies elsewhere than without it.
  if (features::accelerator && resolved->accelerator_bytes != 0)
    add("accelerator", resolved->accelerator_bytes);
  if (!status.ok()) return status;
  if (plan.total() > SIZE_MAX) {
    return Status(ErrorCode::out_of_range, "plan", "is larger than this target's address space")
        .with(plan.total(), SIZE_MAX);
  }
  return plan;
}

std::uint32_t longest_context(const Model& model, Config config, std::uint64_t bytes) noexcept {
  const auto fits = [&](std::uint32_t context) {
    config.context = context;
    const Result<MemoryPlan> candidate = plan(model, config);
    return candidate.ok() && candidate->total() <= bytes;
  };
  // The total never falls when the context grows, so bisection finds the last one that fits.
  std::uint32_t fitting = config.sinks;
  std::uint32_t too_long = model.architecture().context + 1;
  if (config.sinks >= model.architecture().context || !fits(config.sinks + 1)) return 0;
  while (too_long - fitting > 1) {
    const std::uint32_t middle = fitting + (too_long - fitting) / 2;
    (fits(middle) ? fitting : too_long) = middle;
  }
  return fitting;
}

}  // namespace ringlet
