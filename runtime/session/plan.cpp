#include "session/plan.hpp"

#include <algorithm>

#include "base/features.hpp"
#include "base/invalid_argument.hpp"
#include "base/left_out.hpp"
#include "cache/kv_cache.hpp"
#include "decoder/scattered.hpp"
#include "decoder/scratch.hpp"
#include "kernels/packed_layout.hpp"
#include "model/weights.hpp"
#include "ringlet/division.hpp"
#include "ringlet/lookup.hpp"
#include "ringlet/memory_plan.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/tokenizer.hpp"
#include "session/branches.hpp"
#include "session/windows.hpp"

namespace ringlet {
namespace {

/// More than a plan accepts, and not so much that rounding up overflows.
constexpr std::uint64_t most_reserved = (std::uint64_t{1} << 62) + 1;

struct Range {
  const char* name;
  std::uint32_t value;
  std::uint32_t least;
  std::uint32_t most;
};

// Not in line: what they put together would be on the stack of a session's deepest calls.
[[gnu::noinline]] Status below(const char* name, const char* what, std::uint32_t least,
                               std::uint32_t value) {
  return invalid_argument(name, what).with(least, value).suggest(name, least);
}

[[gnu::noinline]] Status above(const char* name, const char* what, std::uint32_t most,
                               std::uint32_t value) {
  return invalid_argument(name, what).at_most(most, value).suggest(name, most);
}

[[gnu::noinline]] Status untrained(std::uint32_t trained, std::uint32_t context) {
  return invalid_argument("allow_longer_context",
                          "must be set for a context longer than the model was trained on")
      .at_most(trained, context)
      .suggest("context", trained);
}

Status check_range(const Range& range) {
  const auto [name, value, least, most] = range;
  if (value < least) return below(name, "too small", least, value);
  if (value > most) return above(name, "too large", most, value);
  return {};
}

/// The settings of speculative decoding.
Status check_drafts(const Config& config) {
  if (!features::speculation) {
    const bool drafts =
        config.draft_tokens != 0 || config.lookup_window != 0 || config.draft_bytes != 0;
    return drafts ? left_out("speculation") : Status();
  }
  if (config.draft_tokens >= config.ring_chunk()) {
    return above("draft_tokens", "must be fewer than prefill_chunk, and than 16",
                 config.ring_chunk() - 1, config.draft_tokens);
  }
  return check_range({"lookup_window", config.lookup_window, 0, Config::largest_text_window});
}

/// Whether any layer stores keys or values in INT4.
bool has_tiers(const Model& model, const Config& config) {
  for (std::uint32_t i = 0; i < model.architecture().layers; ++i) {
    if (features::recurrent && model.mixer(i) != Mixer::attention) continue;
    if (features::per_layer && (model.cache_of(i) != i || lends_cache(model, i))) continue;
    const KvFormats formats = config.kv.value_or(model.recommended_kv(i));
    if (formats.keys == KvFormat::int4 || formats.values == KvFormat::int4) return true;
  }
  return false;
}

/// Adds sections. Once one could not be added, it adds no others.
class Sections {
 public:
  explicit Sections(MemoryPlan& plan) noexcept : plan_(plan) {}

  /// `count` parts of `bytes` each.
  void add(SectionId id, std::uint64_t bytes, std::uint32_t count = 1) noexcept {
    // More than the plan accepts, where the product would overflow.
    const bool fits = count == 1 || bytes <= quotient(largest, count);
    if (status_.ok()) status_ = plan_.add(id, fits ? bytes * count : largest + 1).status();
  }
  [[nodiscard]] const Status& status() const noexcept { return status_; }

 private:
  static constexpr std::uint64_t largest = std::uint64_t{1} << 62;
  MemoryPlan& plan_;
  Status status_;
};

/// Adds the sections of the caches, summed over the layers. A region that no layer uses gets none.
Status plan_cache(const Model& model, const Config& config, const Sharing& sharing,
                  Sections& sections) {
  // The verifier's bounds keep one layer below 2^60 bytes, but not thousands of layers.
  constexpr std::uint64_t most_of_a_section = std::uint64_t{1} << 62;
  const Architecture& a = model.architecture();
  LayerCacheBytes sum;
  for (std::uint32_t i = 0; i < a.layers; ++i) {
    const LayerCache layer = layer_cache(model, config, i);
    const LayerCacheBytes bytes = layer_cache_bytes(layer, head_sizes(model, i));
    for (std::size_t region = 0; region < region_count; ++region) {
      sum.keys[region] += bytes.keys[region];
      sum.values[region] += bytes.values[region];
      if (std::max(sum.keys[region], sum.values[region]) > most_of_a_section) {
        return {ErrorCode::out_of_range, "context", "needs a cache larger than any address space"};
      }
    }
  }
  sections.add(SectionId::cache_layers, a.layers * sizeof(LayerCache));
  for (std::size_t region = 0; region < region_count; ++region) {
    const bool sinks = region == static_cast<std::size_t>(Region::sinks);
    if (region == static_cast<std::size_t>(Region::cold) && sum.keys[region] == 0) continue;
    if (sinks && config.sinks_in_snapshot) continue;
    const std::uint32_t count = sinks && sharing.prefix_tokens != 0 ? 1 : sharing.count();
    sections.add(key_sections[region], sum.keys[region], count);
    sections.add(value_sections[region], sum.values[region], count);
  }
  return {};
}
static_assert(sizeof(LayerCache) == 88, "the plan is the same on every target");

/// The positions that a session can go back by its recurrent state.
std::uint32_t resolved_rewind(const Architecture& a, const Config& config) {
  return convolution(a) == 0 ? 0 : std::max(config.rewind, config.draft_tokens);
}

/// Adds the pages and the tables of branches.
void plan_branches(const Model& model, const Config& config, const Sharing& sharing,
                   Sections& sections) {
  const Architecture& a = model.architecture();
  PageStore::Sizes sizes;
  for (std::uint32_t i = 0; i < a.layers; ++i) {
    PageStore::add(layer_cache(model, config, i), head_sizes(model, i), sharing.branch_pages,
                   sizes);
  }
  sections.add(SectionId::branch_pages, sizes.pages);
  sections.add(SectionId::branch_tables, Branches::table_bytes(sizes, sharing));
}

}  // namespace

Result<Config> resolve(const Model& model, const Config& config) noexcept {
  if (model.tables() == nullptr) return invalid_argument("model", "empty; open a file first");
  const Architecture& a = model.architecture();
  Config resolved = config;
  if (resolved.context == 0) resolved.context = a.trained_context;
  if (resolved.context > a.trained_context && !resolved.allow_longer_context) {
    return untrained(a.trained_context, resolved.context);
  }
  Status status = check_range({"context", resolved.context, 1, Config::largest_context});
  if (status.ok() && resolved.sinks >= resolved.context) {
    status = above("sinks", "must be fewer than the context", resolved.context - 1, resolved.sinks);
  }
  if (status.ok() && resolved.sinks_in_snapshot && resolved.sinks == 0) {
    status = invalid_argument("sinks_in_snapshot", "needs at least one sink");
  }
  const Range ranges[] = {
      {"prefill_chunk", resolved.prefill_chunk, 1, Config::largest_prefill_chunk},
      {"hot_window", resolved.hot_window, 1, Config::largest_context},
      {"threads", resolved.threads, 1, Config::most_threads},
      {"longest_word", resolved.longest_word, 1, Config::largest_text_window},
      {"repeat_window", resolved.repeat_window, 0, Config::largest_text_window}};
  for (const Range& range : ranges) {
    if (status.ok()) status = check_range(range);
  }
  if (status.ok() && convolution(a) != 0 && resolved.rewind > resolved.ring_chunk()) {
    status = above("rewind", "must be at most prefill_chunk, and 16", resolved.ring_chunk(),
                   resolved.rewind);
  }
  if (status.ok() && resolved.hot_window < resolved.ring_chunk() && has_tiers(model, resolved)) {
    status = below("hot_window", "too small for an INT4 cache", resolved.ring_chunk(),
                   resolved.hot_window);
  }
  if (status.ok()) status = check_drafts(resolved);
  if (status.ok() && !features::threads && resolved.threads > 1) status = left_out("threads");
  if (status.ok() && !features::accelerator && resolved.accelerator_bytes != 0) {
    status = left_out("accelerator");
  }
  if (status.ok() && !features::grammar &&
      (resolved.grammar_bytes != 0 || resolved.token_trie_bytes != 0)) {
    status = left_out("grammar");
  }
  if (status.ok() && !features::int4_cache && has_tiers(model, resolved)) {
    status = left_out("int4_cache");
  }
  if (!status.ok()) return status;
  resolved.rewind = resolved_rewind(a, resolved);
  return resolved;
}

Result<MemoryPlan> plan(const Model& model, const Config& config) noexcept {
  const Result<Config> resolved = resolve(model, config);
  if (!resolved) return resolved.status();
  return plan_sessions(model, *resolved, {});
}

Result<MemoryPlan> plan_sessions(const Model& model, const Config& config,
                                 const Sharing& sharing) noexcept {
  const Architecture& a = model.architecture();
  const std::uint32_t n = sharing.seats();
  MemoryPlan plan;
  Sections sections(plan);
  sections.add(SectionId::session, session_state_bytes);
  if (features::pool && sharing.is_pool) {
    sections.add(SectionId::sessions, pooled_state_bytes, n);
    sections.add(SectionId::pool_tables, pool_tables_bytes(n, config.prefill_chunk));
  }
  Status status = plan_cache(model, config, sharing, sections);
  if (!status.ok()) return status;
  if (features::pool && sharing.prefix_tokens != 0) {
    const std::uint64_t windows = window_bytes(model, config);
    if (windows != 0) sections.add(SectionId::prefix_windows, windows);
  }
  if (const RecurrentSizes sizes = recurrent_sizes(model, config); !sizes.none()) {
    sections.add(SectionId::recurrent_inputs, MemoryPlan::aligned(sizes.input_bytes()), n);
    if (sizes.state.layers != 0) {
      sections.add(SectionId::recurrent_states, MemoryPlan::aligned(sizes.state.bytes()), n);
    }
  }
  if (features::pool && sharing.branches != 0) plan_branches(model, config, sharing, sections);
  sections.add(SectionId::logits,
               std::uint64_t{session_logits_rows(config)} * packed::padded_rows(a.vocab_size) *
                   sizeof(float),
               n);
  sections.add(SectionId::sampler, Sampler::workspace_bytes(a.vocab_size, 0) +
                                       std::uint64_t{n} * config.repeat_window * sizeof(TokenId));
  sections.add(SectionId::tokenizer, Tokenizer::workspace_bytes(config.longest_word));
  status = sections.status();
  if (status.ok()) {
    status = plan_scratch(model, config, sharing.logits_rows(config), plan);
  }
  if (status.ok() && features::pool && sharing.seats() > 1) {
    const std::uint64_t tile = tile_floats(sharing.logits_rows(config)) * sizeof(float);
    status = plan.add(SectionId::logits_tile, config.threads * tile, Stage::logits, Stage::logits)
                 .status();
  }
  // Last, so that they do not move any other section.
  if (features::speculation && config.lookup_window != 0) {
    sections.add(SectionId::lookup,
                 MemoryPlan::aligned(Lookup::workspace_bytes(config.lookup_window)), n);
  }
  if (features::speculation && config.draft_bytes != 0) {
    sections.add(SectionId::draft_session, MemoryPlan::aligned(config.draft_bytes), n);
  }
  if (features::accelerator && config.accelerator_bytes != 0) {
    sections.add(SectionId::accelerator, config.accelerator_bytes);
  }
  if (features::grammar && config.grammar_bytes != 0) {
    sections.add(SectionId::grammar,
                 MemoryPlan::aligned(std::min(config.grammar_bytes, most_reserved)), n);
  }
  if (features::grammar && config.token_trie_bytes != 0) {
    sections.add(SectionId::token_trie, config.token_trie_bytes);
  }
  if (status.ok()) status = sections.status();
  if (!status.ok()) return status;
  if (plan.total() > SIZE_MAX) {
    return Status(ErrorCode::out_of_range, "plan", "larger than this target's address space")
        .at_most(SIZE_MAX, plan.total());
  }
  return plan;
}

std::uint32_t longest_context(const Model& model, Config config, std::uint64_t bytes) noexcept {
  // The total never decreases when the context grows.
  return longest_context_if(model, config, [&](std::uint32_t context) {
    config.context = context;
    const Result<MemoryPlan> candidate = plan(model, config);
    return candidate.ok() && candidate->total() <= bytes;
  });
}

}  // namespace ringlet
