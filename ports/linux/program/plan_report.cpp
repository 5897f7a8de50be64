#include "plan_report.hpp"

#include <algorithm>
#include <array>

#include "cache/kv_cache.hpp"
#include "decoder/scratch.hpp"
#include "values.hpp"

namespace ringlet::cli {
namespace {

/// The sections that lie, at other times, on some of the same bytes.
nlohmann::ordered_json sharers(const MemoryPlan& plan, const Section& section) {
  nlohmann::ordered_json names = nlohmann::ordered_json::array();
  for (const Section& other : plan.sections()) {
    const bool overlaps = other.offset < section.offset + section.bytes &&
                          section.offset < other.offset + other.bytes;
    if (&other != &section && overlaps) names.push_back(other.name);
  }
  return names;
}

/// "always", or one mark for each step: "..####...".
std::string lifetime(const Section& section) {
  if (lives_for_ever(section)) return "always";
  std::string marks(step_names().size(), '.');
  for (std::size_t step = section.first_step; step <= section.last_step; ++step)
    marks.at(step) = '#';
  return marks;
}

/// What the places of a lifetime's marks stand for.
std::string legend() {
  std::string text = "steps of a layer, from left to right:";
  for (const char* name : step_names())
    text += std::string(name == step_names().front() ? " " : ", ") + name;
  return text + "\n";
}

std::string cache_line(const CacheReport& cache) {
  const std::string formats = cache.keys == cache.values
                                  ? cache.keys
                                  : cache.keys + " keys and " + cache.values + " values";
  const std::string tiers = cache.hot == 0
                                ? " in " + with_commas(cache.ring_slots) + " slots"
                                : " (newest " + with_commas(cache.hot) + " in " +
                                      with_commas(cache.ring_slots) + " slots, others in " +
                                      with_commas(cache.cold_slots) + ")";
  return format("cache of %u layer%s: %s bytes each: %u pinned, window %s%s, %s\n", cache.layers,
                cache.layers == 1 ? "" : "s", with_commas(cache.bytes).c_str(), cache.pinned,
                with_commas(cache.window).c_str(), tiers.c_str(), formats.c_str());
}

nlohmann::ordered_json caches_json(const PlanReport& report) {
  nlohmann::ordered_json caches = nlohmann::ordered_json::array();
  for (const CacheReport& cache : report.caches) {
    caches.push_back({{"layers", cache.layers},
                      {"pinned", cache.pinned},
                      {"window", cache.window},
                      {"ring_slots", cache.ring_slots},
                      {"hot", cache.hot},
                      {"cold_slots", cache.cold_slots},
                      {"keys", cache.keys},
                      {"values", cache.values},
                      {"bytes_per_layer", cache.bytes}});
  }
  return caches;
}

/// "int8", or "int8, then int4" in two tiers.
std::string tier_formats(const LayerCache& layer, KvFormat KvFormats::*side) {
  const KvFormat newest = layer.region(Region::ring).formats.*side;
  const KvFormat older = layer.region(Region::cold).formats.*side;
  if (layer.ring.hot == 0 || newest == older) return name_of(newest);
  return std::string(name_of(newest)) + ", then " + name_of(older);
}

}  // namespace

std::span<const char* const> step_names() {
  static constexpr std::array<const char*, 9> names = {
      "embed", "norm", "q k v", "attend", "output", "norm", "gate and up", "down", "head"};
  static_assert(names.size() == std::size_t{static_cast<std::uint8_t>(Step::head)} + 1);
  return names;
}

std::vector<CacheReport> list_caches(const Model& model, const Config& config) {
  std::vector<CacheReport> caches;
  for (std::uint32_t i = 0; i < model.architecture().layers; ++i) {
    const LayerCache layer = layer_cache(config, model.window(i), model.recommended_kv(i));
    LayerCacheBytes bytes = layer_cache_bytes(layer, model.architecture());
    if (config.sinks_in_image) bytes.keys[0] = bytes.values[0] = 0;
    const CacheReport one{.layers = 1,
                          .pinned = layer.ring.pinned,
                          .window = layer.ring.window,
                          .ring_slots = layer.ring.slots(),
                          .hot = layer.ring.hot,
                          .cold_slots = layer.ring.cold_slots(),
                          .keys = tier_formats(layer, &KvFormats::keys),
                          .values = tier_formats(layer, &KvFormats::values),
                          .bytes = bytes.total()};
    CacheReport expected = one;
    if (!caches.empty()) expected.layers = caches.back().layers;
    if (!caches.empty() && caches.back() == expected) {
      ++caches.back().layers;
    } else {
      caches.push_back(one);
    }
  }
  return caches;
}

bool lives_for_ever(const Section& section) {
  return section.first_step == 0 && section.last_step == MemoryPlan::last_possible_step;
}

std::string plan_table(const PlanReport& report) {
  const Config& config = report.config;
  std::string text = report.model + ": context " + with_commas(config.context) + ", sinks " +
                     std::to_string(config.sinks) + ", kv " + report.kv + ", prefill chunk " +
                     std::to_string(config.prefill_chunk) + "\n\n";
  text += format("%-22s %14s %14s  %s\n", "section", "bytes", "offset", "in use");
  std::uint64_t sum = 0;
  for (const Section& section : report.plan.sections()) {
    text += format("%-22s %14s %14s  %s\n", section.name, with_commas(section.bytes).c_str(),
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
  total("flash", report.flash_bytes, ", the model file");
  if (report.prefix_bytes > 0) {
    total("flash", report.prefix_bytes, ", the prefix, which sessions share");
  }
  total("image", report.image_bytes, ", the most that saving the session takes");
  return text;
}

nlohmann::ordered_json plan_json(const PlanReport& report) {
  const Config& config = report.config;
  nlohmann::ordered_json sections = nlohmann::ordered_json::array();
  for (const Section& section : report.plan.sections()) {
    sections.push_back({{"name", section.name},
                        {"offset", section.offset},
                        {"bytes", section.bytes},
                        {"always", lives_for_ever(section)},
                        {"first_step", section.first_step},
                        {"last_step", section.last_step},
                        {"shares_bytes_with", sharers(report.plan, section)}});
  }
  return {{"model", report.model},
          {"context", config.context},
          {"sinks", config.sinks},
          {"kv", report.kv},
          {"prefill_chunk", config.prefill_chunk},
          {"lanes", config.lanes},
          {"longest_word", config.longest_word},
          {"repeat_window", config.repeat_window},
          {"ram_bytes", report.plan.total()},
          {"ram_alignment", MemoryPlan::alignment},
          {"flash_bytes", report.flash_bytes},
          {"image_bytes", report.image_bytes},
          {"caches", caches_json(report)},
          {"sections", sections}};
}

}  // namespace ringlet::cli
