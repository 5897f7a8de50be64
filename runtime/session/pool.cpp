#include "ringlet/pool.hpp"

#include <new>

#include "base/invalid_argument.hpp"
#include "base/left_out.hpp"
#include "ringlet/snapshot.hpp"
#include "session/pool_state.hpp"
#include "session/windows.hpp"

namespace ringlet {

namespace {

struct Shared {
  Config config;  // resolved
  Sharing sharing;
};

Result<Shared> resolve_shared(const Model& model, const PoolConfig& config) {
  if (!features::pool) return left_out("pool");
  if (config.sessions < 1 || config.sessions > PoolConfig::most_sessions) {
    const Status status = invalid_argument("sessions", "must be 1 to 1024");
    return config.sessions < 1 ? status.with(1, 0)
                               : status.at_most(PoolConfig::most_sessions, config.sessions);
  }
  Config session = config.session;
  if (config.prefix_tokens != 0) session.sinks = config.prefix_tokens;
  const Result<Config> resolved = resolve(model, session);
  if (!resolved) {
    const bool sinks = config.prefix_tokens != 0 && resolved.status().setting() != nullptr &&
                       std::string_view(resolved.status().setting()) == "sinks";
    if (!sinks) return resolved.status();
    return invalid_argument("prefix_tokens", "must be fewer than the context")
        .at_most(resolved.status().needed(), config.prefix_tokens)
        .suggest("prefix_tokens", resolved.status().suggestion());
  }
  if (config.branches > PoolConfig::most_sessions) {
    return invalid_argument("branches", "must be at most 1024")
        .at_most(PoolConfig::most_sessions, config.branches);
  }
  static_assert(PoolConfig::most_branch_pages == PageStore::most_pages);
  if (config.branch_pages > PoolConfig::most_branch_pages) {
    return invalid_argument("branch_pages", "must be at most 65534")
        .at_most(PoolConfig::most_branch_pages, config.branch_pages);
  }
  if ((config.branches == 0) != (config.branch_pages == 0)) {
    return invalid_argument("branch_pages", "must go with branches: both, or none");
  }
  return Shared{*resolved,
                {.sessions = config.sessions,
                 .prefix_tokens = config.prefix_tokens,
                 .branches = config.branches,
                 .branch_pages = config.branch_pages,
                 .is_pool = true}};
}

}  // namespace

Result<MemoryPlan> plan_pool(const Model& model, const PoolConfig& config) noexcept {
  const Result<Shared> shared = resolve_shared(model, config);
  if (!shared) return shared.status();
  return plan_sessions(model, shared->config, shared->sharing);
}

Result<Pool> Pool::create(const Model& model, const PoolConfig& config, std::span<std::byte> memory,
                          const KernelSet& kernels, const Team& team) noexcept {
  static_assert(sizeof(State) <= session_state_bytes);
  static_assert(sizeof(Session::State) <= pooled_state_bytes);
  static_assert(sizeof(RowSpan) <= 64 && sizeof(TokenId) + sizeof(State::RowLogits) <= 16,
                "pool_tables_bytes() has room for them");
  const Result<Shared> shared = resolve_shared(model, config);
  if (!shared) return shared.status();
  const Result<MemoryPlan> plan = plan_sessions(model, shared->config, shared->sharing);
  if (!plan) return plan.status();
  const Status status = Engine::check(shared->config, team, *plan, memory);
  if (!status.ok()) return status;

  const Arena arena(memory, *plan);
  State& state = *new (arena.bytes(SectionId::session).data()) State;
  state.engine.begin(model, shared->config, shared->sharing, kernels, team, arena);
  state.engine.sessions = arena.bytes(SectionId::sessions).data();
  std::byte* tables = arena.bytes(SectionId::pool_tables).data();
  state.spans = reinterpret_cast<RowSpan*>(tables);
  const std::uint32_t seats = shared->sharing.seats();
  tables += std::size_t{seats} * 64;
  state.tokens = reinterpret_cast<TokenId*>(tables);
  state.rows = reinterpret_cast<State::RowLogits*>(
      tables + std::size_t{shared->config.prefill_chunk} * sizeof(TokenId));
  for (std::uint32_t i = 0; i < seats; ++i) {
    auto* session =
        new (state.engine.sessions + i * std::size_t{pooled_state_bytes}) Session::State;
    session->begin(state.engine, i, arena);
  }
  return Pool(&state);
}

/// Makes every session begin after the prefix that session 0 holds.
void Pool::State::begin_after_prefix() noexcept {
  const Session::State& first = session(0);
  save_windows(first.cache, engine.model.architecture().layers, engine.sharing.prefix_tokens,
               engine.windows);
  engine.prefix = Engine::Prefix::present;
  for (std::uint32_t i = 0; i < engine.sharing.sessions; ++i) {
    session(i).cache.share_sinks(first.cache);
    session(i).begin_after_prefix();
  }
}

Status Pool::prefix(std::span<const TokenId> tokens, const Progress& progress) noexcept {
  Engine& engine = state_->engine;
  const std::uint32_t wanted = engine.sharing.prefix_tokens;
  if (wanted == 0 || tokens.size() != wanted) {
    return invalid_argument("tokens", "must be as many as prefix_tokens")
        .with(wanted, tokens.size());
  }
  if (const Status status = state_->check_rings(); !status.ok()) return status;
  if (engine.config.sinks_in_snapshot) {
    return invalid_argument("sinks_in_snapshot",
                            "takes the prefix from a snapshot, not from tokens");
  }
  Session::State& first = state_->session(0);
  const Engine::Prefix before = engine.prefix;
  const RingCursor place = first.cursor;
  engine.prefix = Engine::Prefix::loading;
  first.cursor.reset();
  Status status = first.check(tokens);
  if (!status.ok()) {
    engine.prefix = before;
    first.cursor = place;
    return status;
  }
  first.reset();
  status = Session(&first).prefill(tokens, progress);
  if (status.ok()) {
    state_->begin_after_prefix();
  } else {
    engine.prefix = Engine::Prefix::absent;
    for (std::uint32_t i = 0; i < engine.sharing.sessions; ++i) state_->session(i).reset();
  }
  return status;
}

Status Pool::prefix(std::span<const std::byte> snapshot) noexcept {
  Engine& engine = state_->engine;
  const Result<SnapshotInfo> info = snapshot_info(snapshot);
  if (!info.ok()) return info.status();
  const std::uint32_t wanted = engine.sharing.prefix_tokens;
  if (wanted == 0 || info->position != wanted) {
    return invalid_argument("position", "the snapshot's must be prefix_tokens")
        .with(wanted, info->position);
  }
  if (const Status status = state_->check_rings(); !status.ok()) return status;
  const Engine::Prefix before = engine.prefix;
  engine.prefix = Engine::Prefix::loading;
  const Status status = Session(&state_->session(0)).restore(snapshot);
  if (status.ok()) {
    state_->begin_after_prefix();
  } else {
    engine.prefix = before;
  }
  return status;
}

Session Pool::session(std::uint32_t index) const noexcept {
  return Session(&state_->session(index));
}

Status Pool::step(std::span<const Row> rows) noexcept {
  State& state = *state_;
  const Result<std::uint32_t> sessions = state.arrange(rows);
  if (!sessions.ok()) return sessions.status();
  const std::span<const RowSpan> spans(state.spans, *sessions);
  for (const RowSpan& span : spans) state.session(span.session).own_pages(span.count);
  const bool finite =
      state.engine.decoder.forward({.tokens = {state.tokens, rows.size()}, .sessions = spans});
  const std::uint32_t pass = ++state.engine.passes;
  for (const RowSpan& span : spans) {
    Session::State& session = state.session(span.session);
    session.has_fault = false;
    session.commit(span.count);
    session.logits_rows = finite ? span.wanted : 0;
    session.pass = pass;
    if (!finite) (void)session.give_up(span.position);
  }
  if (!finite) {
    state.row_count = 0;
    const std::uint32_t row = state.engine.decoder.fault_row();
    return Status(ErrorCode::not_finite, "rows",
                  "NaN, infinity or keys too large to cache; verify_data checks the weights")
        .at(row);
  }
  state.keep_rows(spans);
  state.pass = pass;
  return {};
}

std::span<const float> Pool::logits(std::uint32_t row) const noexcept {
  const State& state = *state_;
  if (row >= state.row_count || state.rows[row].index == State::none) return {};
  const auto [index, logits_row] = state.rows[row];
  const Session::State& session = state.session(index);
  if (session.pass != state.pass) return {};  // the session has moved on
  return Session(&state.session(index)).logits(logits_row);
}

const Model& Pool::model() const noexcept { return state_->engine.model; }

PoolConfig Pool::config() const noexcept {
  const Engine& engine = state_->engine;
  return {.session = engine.config,
          .sessions = engine.sharing.sessions,
          .prefix_tokens = engine.sharing.prefix_tokens,
          .branches = engine.sharing.branches,
          .branch_pages = engine.sharing.branch_pages};
}

MemoryPlan Pool::memory_plan() const noexcept { return *plan(model(), config()); }

}  // namespace ringlet
