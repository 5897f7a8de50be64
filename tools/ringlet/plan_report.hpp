// Forms of a memory plan for output.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "options.hpp"
#include "ringlet/cache_layout.hpp"
#include "ringlet/grammar_state.hpp"
#include "ringlet/memory_plan.hpp"
#include "ringlet/pool.hpp"

namespace ringlet::cli {

/// Layers with equal caches.
struct CacheReport {
  std::uint32_t layers = 0;
  CacheLayout each;
};

/// The draft model, whose session is one section of the plan.
struct DraftReport {
  std::string model;  // file name
  std::uint32_t context = 0;
  std::uint64_t ram_bytes = 0;
  std::uint64_t flash_bytes = 0;
};

/// The pool whose plan it is.
struct PoolReport {
  PoolConfig config;
  std::uint64_t alone_bytes = 0;  // of as many lone sessions, branches included
};

/// A plan and everything that it depends on.
struct PlanReport {
  std::string model;  // file name
  Config config;      // context and cache format resolved
  std::string kv;
  MemoryPlan plan;
  std::vector<CacheReport> caches;  // consecutive equal layers share an entry
  std::uint64_t flash_bytes = 0;
  std::uint64_t snapshot_bytes = 0;  // maximum size of a saved session
  std::uint64_t prefix_bytes = 0;    // size of the snapshot whose sinks are read in place; 0: none
  std::optional<DraftReport> draft;
  std::optional<PoolReport> pool;
  std::optional<GrammarOptions> grammar;  // of the state that the plan has memory for
};

/// The caches of a model's layers. The context of `config` must be resolved.
[[nodiscard]] std::vector<CacheReport> list_caches(const Model& model, const Config& config);

/// A table for people.
[[nodiscard]] std::string plan_table(const PlanReport& report);

/// The JSON described in README.md.
[[nodiscard]] nlohmann::ordered_json plan_json(const PlanReport& report);

/// A drawing: offsets downwards, the stages of a pass to the right, one rectangle per section.
[[nodiscard]] std::string plan_svg(const PlanReport& report);

}  // namespace ringlet::cli
