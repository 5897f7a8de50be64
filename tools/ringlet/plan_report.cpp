#include "plan_report.hpp"

#include <algorithm>

#include "parse_values.hpp"
#include "ringlet/linux/weights.hpp"

namespace ringlet::cli {
namespace {

/// The sections that use some of the same bytes at other times.
nlohmann::ordered_json sharers(const MemoryPlan& plan, const Section& section) {
  nlohmann::ordered_json names = nlohmann::ordered_json::array();
  for (const Section& other : plan.sections()) {
    const bool overlaps = other.offset < section.offset + section.bytes &&
                          section.offset < other.offset + other.bytes;
    if (&other != &section && overlaps) names.push_back(name_of(other.id));
  }
  return names;
}

/// "always", or one mark for each stage: "..####...".
std::string lifetime(const Section& section) {
  if (section.permanent) return "always";
  std::string marks(stage_count, '.');
  for (auto stage = static_cast<std::size_t>(section.first_stage);
       stage <= static_cast<std::size_t>(section.last_stage); ++stage)
    marks.at(stage) = '#';
  return marks;
}

/// What drafts: ", drafts of 7 tokens by a lookup and small.ringlet (context 512)".
std::string drafts_of(const PlanReport& report) {
  const Config& config = report.config;
  if (config.draft_tokens == 0) return {};
  std::string text = ", drafts of " + std::to_string(config.draft_tokens) +
                     plural(config.draft_tokens, " token") + " by ";
  if (config.lookup_window > 0) text += report.draft ? "a lookup and " : "a lookup";
  if (!report.draft) return text;
  return text + report.draft->model + " (context " + with_commas(report.draft->context) + ")";
}

/// ", pool of 4 sessions with a prefix of 512 tokens and 4 branches (12 pages)".
std::string pool_of(const std::optional<PoolReport>& pool) {
  if (!pool) return {};
  const PoolConfig& config = pool->config;
  std::string text =
      ", pool of " + with_commas(config.sessions) + plural(config.sessions, " session");
  if (config.prefix_tokens > 0) {
    text += " with a prefix of " + with_commas(config.prefix_tokens) +
            plural(config.prefix_tokens, " token");
  }
  if (config.branches > 0) {
    text += " and " + with_commas(config.branches) +
            (config.branches == 1 ? " branch" : " branches") + " (" +
            with_commas(config.branch_pages) + plural(config.branch_pages, " page") + ")";
  }
  return text;
}

/// The legend for the marks of a lifetime.
std::string legend() {
  std::string text = "stages of a pass, from left to right:";
  for (std::uint8_t stage = 0; stage < stage_count; ++stage)
    text += std::string(stage == 0 ? " " : ", ") + name_of(static_cast<Stage>(stage));
  return text + "\n";
}

/// "int8", or "int8, then int4" in two tiers.
std::string tier_formats(const CacheLayout& cache, KvFormat KvFormats::*side) {
  const KvFormat newest = cache.newest.*side;
  const KvFormat older = cache.older.*side;
  if (newest == older) return name_of(newest);
  return std::string(name_of(newest)) + ", then " + name_of(older);
}

std::string cache_line(const CacheReport& report) {
  const CacheLayout& cache = report.each;
  const std::string layers = std::to_string(report.layers) + plural(report.layers, " layer");
  if (cache.inputs > 0) {
    const std::string inputs = std::to_string(cache.inputs) + plural(cache.inputs, " input");
    const std::string start = layers + ": " + with_commas(cache.bytes) + " bytes each: ";
    if (cache.state_bytes == 0) {
      return "convolution of " + start + "the last " + inputs + ", in two states\n";
    }
    return "state of " + start + with_commas(cache.state_bytes) +
           " of matrices and their log, and the last " + inputs + " of a convolution\n";
  }
  if (cache.window == 0) return "no cache of " + layers + ", which read those of others\n";
  const std::string keys = tier_formats(cache, &KvFormats::keys);
  const std::string values = tier_formats(cache, &KvFormats::values);
  const std::string formats = keys == values ? keys : keys + " keys and " + values + " values";
  const std::string tiers = cache.hot == 0
                                ? " in " + with_commas(cache.ring_slots) + " slots"
                                : " (newest " + with_commas(cache.hot) + " in " +
                                      with_commas(cache.ring_slots) + " slots, others in " +
                                      with_commas(cache.cold_slots) + ")";
  return "cache of " + layers + ": " + with_commas(cache.bytes) +
         " bytes each: " + std::to_string(cache.sinks) + plural(cache.sinks, " sink") +
         ", window " + with_commas(cache.window) + tiers + ", " + formats + "\n";
}

/// What copies of the weights take that --weights-in auto makes if the machine allows them.
std::uint64_t weights_copy_bytes(const PlanReport& report) {
  const auto copied = [](std::uint64_t bytes) {
    return bytes < port::WeightsCopy::least_automatic_bytes ? 0 : bytes;
  };
  return copied(report.flash_bytes) + (report.draft ? copied(report.draft->flash_bytes) : 0);
}

nlohmann::ordered_json caches_json(const PlanReport& report) {
  nlohmann::ordered_json caches = nlohmann::ordered_json::array();
  for (const auto& [layers, cache] : report.caches) {
    if (cache.inputs > 0) {
      caches.push_back({{"layers", layers},
                        {"inputs", cache.inputs},
                        {"state_bytes", cache.state_bytes},
                        {"bytes_per_layer", cache.bytes}});
      continue;
    }
    caches.push_back({{"layers", layers},
                      {"sinks", cache.sinks},
                      {"window", cache.window},
                      {"ring_slots", cache.ring_slots},
                      {"hot", cache.hot},
                      {"cold_slots", cache.cold_slots},
                      {"keys", tier_formats(cache, &KvFormats::keys)},
                      {"values", tier_formats(cache, &KvFormats::values)},
                      {"bytes_per_layer", cache.bytes}});
  }
  return caches;
}

}  // namespace

std::vector<CacheReport> list_caches(const Model& model, const Config& config) {
  std::vector<CacheReport> caches;
  for (std::uint32_t i = 0; i < model.architecture().layers; ++i) {
    const CacheLayout layout = cache_layout(model, config, i);
    const auto found = std::find_if(caches.begin(), caches.end(), [&](const CacheReport& report) {
      return report.each == layout;
    });
    ++(found != caches.end() ? *found : caches.emplace_back(CacheReport{.each = layout})).layers;
  }
  return caches;
}

std::string plan_table(const PlanReport& report) {
  const Config& config = report.config;
  std::string text = report.model + ": context " + with_commas(config.context) + ", sinks " +
                     std::to_string(config.sinks) + ", kv " + report.kv + ", prefill chunk " +
                     std::to_string(config.prefill_chunk) + drafts_of(report) +
                     pool_of(report.pool) + "\n\n";
  text += format("%-22s %14s %14s  %s\n", "section", "bytes", "offset", "in use");
  std::uint64_t sum = 0;
  for (const Section& section : report.plan.sections()) {
    text += format("%-22s %14s %14s  %s\n", name_of(section.id), with_commas(section.bytes).c_str(),
                   with_commas(section.offset).c_str(), lifetime(section).c_str());
    sum += section.bytes;
  }
  text += legend() + "\n";
  for (const CacheReport& cache : report.caches) text += cache_line(cache);
  const auto total = [&text](const char* name, std::uint64_t bytes, const std::string& note) {
    text += format("%-22s %14s  %s%s\n", name, with_commas(bytes).c_str(),
                   human_bytes(bytes).c_str(), note.c_str());
  };
  total("RAM", report.plan.total(), "; would be " + human_bytes(sum) + " if no bytes were shared");
  if (report.pool) {
    const std::uint32_t count = report.pool->config.sessions + report.pool->config.branches;
    total("RAM without a pool", report.pool->alone_bytes,
          ", of " + with_commas(count) + plural(count, " lone session"));
  }
  total("flash", report.flash_bytes, ", the model file");
  if (report.draft) {
    total("flash", report.draft->flash_bytes, ", the draft model " + report.draft->model);
  }
  if (const std::uint64_t bytes = weights_copy_bytes(report); bytes > 0) {
    total("copy of weights", bytes, ", more on Linux where run and chat make one (--weights-in)");
  }
  if (report.prefix_bytes > 0) {
    total("flash", report.prefix_bytes, ", the prefix, which sessions share");
  }
  total("snapshot", report.snapshot_bytes,
        report.pool ? ", the most that saving one session takes"
                    : ", the most that saving the session takes");
  return text;
}

namespace {

nlohmann::ordered_json draft_json(const std::optional<DraftReport>& draft) {
  if (!draft) return nullptr;
  return {{"model", draft->model},
          {"context", draft->context},
          {"ram_bytes", draft->ram_bytes},
          {"flash_bytes", draft->flash_bytes}};
}

nlohmann::ordered_json pool_json(const std::optional<PoolReport>& pool) {
  if (!pool) return nullptr;
  return {{"sessions", pool->config.sessions},
          {"prefix_tokens", pool->config.prefix_tokens},
          {"branches", pool->config.branches},
          {"branch_pages", pool->config.branch_pages},
          {"sessions_alone_bytes", pool->alone_bytes}};
}

}  // namespace

nlohmann::ordered_json plan_json(const PlanReport& report) {
  const Config& config = report.config;
  nlohmann::ordered_json stages = nlohmann::ordered_json::array();
  for (std::uint8_t stage = 0; stage < stage_count; ++stage)
    stages.push_back(name_of(static_cast<Stage>(stage)));
  nlohmann::ordered_json sections = nlohmann::ordered_json::array();
  for (const Section& section : report.plan.sections()) {
    sections.push_back({{"name", name_of(section.id)},
                        {"offset", section.offset},
                        {"bytes", section.bytes},
                        {"always", section.permanent},
                        {"first_stage", name_of(section.first_stage)},
                        {"last_stage", name_of(section.last_stage)},
                        {"shares_bytes_with", sharers(report.plan, section)}});
  }
  return {{"model", report.model},
          {"context", config.context},
          {"sinks", config.sinks},
          {"kv", report.kv},
          {"prefill_chunk", config.prefill_chunk},
          {"rewind", config.rewind},
          {"threads", config.threads},
          {"longest_word", config.longest_word},
          {"repeat_window", config.repeat_window},
          {"draft_tokens", config.draft_tokens},
          {"lookup_window", config.lookup_window},
          {"draft", draft_json(report.draft)},
          {"pool", pool_json(report.pool)},
          {"ram_bytes", report.plan.total()},
          {"ram_alignment", MemoryPlan::alignment},
          {"flash_bytes", report.flash_bytes},
          {"weights_copy_bytes", weights_copy_bytes(report)},
          {"snapshot_bytes", report.snapshot_bytes},
          {"caches", caches_json(report)},
          {"stages", stages},
          {"sections", sections}};
}

}  // namespace ringlet::cli
