#include "plan_subject.hpp"

namespace ringlet::cli {

Result<MemoryPlan> PlanSubject::plan(const PoolConfig& config) const {
  PoolConfig complete = config;
  Config& session = complete.session;
  if (draft_ && session.draft_tokens > 0) {
    const Config own = draft_->config_for(session, effective_context(model_, session));
    const Result<MemoryPlan> drafts = ringlet::plan(draft_->model.model, own);
    if (!drafts.ok()) return drafts.status();
    session.draft_bytes = drafts->total();
  }
  return complete.sessions == 0 ? ringlet::plan(model_, session) : ringlet::plan(model_, complete);
}

std::uint32_t PlanSubject::longest_context(PoolConfig config, std::uint64_t bytes) const {
  Config limits = config.session;
  if (config.prefix_tokens > 0) limits.sinks = config.prefix_tokens;
  return longest_context_if(model_, limits, [&](std::uint32_t context) {
    config.session.context = context;
    const Result<MemoryPlan> candidate = plan(config);
    return candidate.ok() && candidate->total() <= bytes;
  });
}

}  // namespace ringlet::cli
