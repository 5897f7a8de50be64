// What a plan is made for: one session or a pool of them, alone or with a draft model.
#pragma once

#include <cstdint>
#include <optional>

#include "drafting.hpp"
#include "ringlet/memory_plan.hpp"
#include "ringlet/pool.hpp"

namespace ringlet::cli {

/// The models that a plan is made for. Configurations vary; with PoolConfig::sessions of 0 they are
/// those of one session. The references must outlive the object.
class PlanSubject {
 public:
  PlanSubject(const Model& model, const std::optional<DraftSource>& draft)
      : model_(model), draft_(draft) {}

  /// The memory of all sessions, those of the draft model included.
  [[nodiscard]] Result<MemoryPlan> plan(const PoolConfig& config) const;

  /// The longest context with which everything fits into `bytes`; 0 if none does.
  [[nodiscard]] std::uint32_t longest_context(PoolConfig config, std::uint64_t bytes) const;

 private:
  const Model& model_;
  const std::optional<DraftSource>& draft_;
};

}  // namespace ringlet::cli
