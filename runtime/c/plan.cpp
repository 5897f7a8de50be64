#include <string_view>

#include "c/convert.hpp"

namespace ringlet::c {
namespace {

bool is_format(ringlet_kv_format format) noexcept {
  const auto number = static_cast<std::uint32_t>(format);
  return number <= static_cast<std::uint32_t>(RINGLET_KV_INT4);
}

}  // namespace

Result<Config> from_c(const ringlet_config& config) noexcept {
  Config result{.context = config.context,
                .sinks = config.sinks,
                .kv = std::nullopt,
                .hot_window = config.hot_window,
                .prefill_chunk = config.prefill_chunk,
                .threads = config.threads,
                .longest_word = config.longest_word,
                .repeat_window = config.repeat_window,
                .allow_longer_context = config.allow_longer_context,
                .sinks_in_snapshot = config.sinks_in_snapshot,
                .rewind = config.rewind,
                .accelerator_bytes = config.accelerator_bytes,
                .draft_tokens = config.draft_tokens,
                .lookup_window = config.lookup_window,
                .draft_bytes = config.draft_bytes,
                .grammar_bytes = config.grammar_bytes,
                .token_trie_bytes = config.token_trie_bytes};
  const auto& [keys, values] = config.kv;
  if (keys == RINGLET_KV_RECOMMENDED && values == RINGLET_KV_RECOMMENDED) return result;
  if (!is_format(keys) || !is_format(values)) {
    return Status(ErrorCode::invalid_argument, "kv",
                  "must be formats for keys and values, or recommended for both");
  }
  result.kv = KvFormats(static_cast<KvFormat>(keys), static_cast<KvFormat>(values));
  return result;
}

ringlet_config to_c(const Config& config) noexcept {
  return {.context = config.context,
          .sinks = config.sinks,
          .kv = to_c(config.kv),
          .hot_window = config.hot_window,
          .prefill_chunk = config.prefill_chunk,
          .threads = config.threads,
          .longest_word = config.longest_word,
          .repeat_window = config.repeat_window,
          .allow_longer_context = config.allow_longer_context,
          .sinks_in_snapshot = config.sinks_in_snapshot,
          .accelerator_bytes = config.accelerator_bytes,
          .draft_tokens = config.draft_tokens,
          .lookup_window = config.lookup_window,
          .draft_bytes = config.draft_bytes,
          .rewind = config.rewind,
          .grammar_bytes = config.grammar_bytes,
          .token_trie_bytes = config.token_trie_bytes};
}

void to_c(const MemoryPlan& plan, ringlet_plan& out) noexcept {
  static_assert(RINGLET_SECTION_COUNT == section_count);
  static_assert(RINGLET_MEMORY_ALIGNMENT == MemoryPlan::alignment);
  out.total = plan.total();
  out.count = 0;
  for (const Section& section : plan.sections()) {
    out.sections[out.count++] = {section.offset,
                                 section.bytes,
                                 static_cast<ringlet_section_id>(section.id),
                                 static_cast<ringlet_stage>(section.first_stage),
                                 static_cast<ringlet_stage>(section.last_stage),
                                 section.permanent};
  }
}

}  // namespace ringlet::c

using ringlet::c::object;
using ringlet::c::to_c;

ringlet_config ringlet_config_default(void) { return to_c(ringlet::Config{}); }

ringlet_status ringlet_plan_create(const ringlet_model* model, const ringlet_config* config,
                                   ringlet_plan* plan) {
  const auto settings = ringlet::c::from_c(*config);
  if (!settings.ok()) return to_c(settings.status());
  const auto result = ringlet::plan(object<ringlet::Model>(*model), *settings);
  if (result.ok()) to_c(*result, *plan);
  return to_c(result.status());
}

const char* ringlet_stage_name(ringlet_stage stage) {
  return ringlet::name_of(static_cast<ringlet::Stage>(stage));
}

const char* ringlet_section_name(ringlet_section_id id) {
  return ringlet::name_of(static_cast<ringlet::SectionId>(id));
}

const ringlet_section* ringlet_plan_find(const ringlet_plan* plan, ringlet_section_id id) {
  for (uint32_t i = 0; i < plan->count; ++i) {
    if (plan->sections[i].id == id) return &plan->sections[i];
  }
  return nullptr;
}

uint32_t ringlet_plan_longest_context(const ringlet_model* model, const ringlet_config* config,
                                      uint64_t bytes) {
  const auto settings = ringlet::c::from_c(*config);
  if (!settings.ok()) return 0;
  return ringlet::longest_context(object<ringlet::Model>(*model), *settings, bytes);
}
