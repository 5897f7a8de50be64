// The forms in which a memory plan is shown.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "options.hpp"
#include "ringlet/memory_plan.hpp"

namespace ringlet::cli {

/// Layers whose caches are alike.
struct CacheReport {
  std::uint32_t layers = 0;
  std::uint32_t pinned = 0;      // positions kept for ever
  std::uint32_t window = 0;      // positions of the ring that a query sees
  std::uint32_t ring_slots = 0;  // with room for a chunk, in whole pages
  std::uint32_t hot = 0;         // the newest of the window, in a format of their own; 0: one tier
  std::uint32_t cold_slots = 0;
  std::string keys;  // formats in the ring
  std::string values;
  std::uint64_t bytes = 0;  // of one layer, in RAM
  friend bool operator==(const CacheReport&, const CacheReport&) = default;
};

/// A plan with everything that led to it.
struct PlanReport {
  std::string model;  // the file's name
  Config config;      // context and cache format resolved
  std::string kv;
  MemoryPlan plan;
  std::vector<CacheReport> caches;  // consecutive layers that are alike share one
  std::uint64_t flash_bytes = 0;
  std::uint64_t image_bytes = 0;   // what the session saves at most
  std::uint64_t prefix_bytes = 0;  // of the image whose sinks are read in place; 0: none
};

/// The caches of a model's layers under a configuration whose context is resolved.
[[nodiscard]] std::vector<CacheReport> list_caches(const Model& model, const Config& config);

/// What a layer does in each step of a section's lifetime, in a word.
[[nodiscard]] std::span<const char* const> step_names();

/// A table for people.
[[nodiscard]] std::string plan_table(const PlanReport& report);

/// The document that README.md describes.
[[nodiscard]] nlohmann::ordered_json plan_json(const PlanReport& report);

/// A drawing: offsets downwards, the steps of a layer to the right, one rectangle for each section.
[[nodiscard]] std::string plan_svg(const PlanReport& report);

/// Whether the section is in use from the beginning to the end of a session.
[[nodiscard]] bool lives_for_ever(const Section& section);

}  // namespace ringlet::cli
