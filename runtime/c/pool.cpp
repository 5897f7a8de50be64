#include "ringlet/pool.hpp"

#include "c/convert.hpp"
#include "ringlet/sampler.hpp"

using ringlet::Pool;
using ringlet::PoolConfig;
using ringlet::Result;
using ringlet::Session;
using ringlet::c::object;
using ringlet::c::to_c;

namespace {

Result<PoolConfig> from_c(const ringlet_pool_config& config) {
  const Result<ringlet::Config> session = ringlet::c::from_c(config.session);
  if (!session.ok()) return session.status();
  return PoolConfig{.session = *session,
                    .sessions = config.sessions,
                    .prefix_tokens = config.prefix_tokens,
                    .branches = config.branches,
                    .branch_pages = config.branch_pages};
}

ringlet_pool_config to_c_pool(const PoolConfig& config) {
  return {.session = to_c(config.session),
          .sessions = config.sessions,
          .prefix_tokens = config.prefix_tokens,
          .branches = config.branches,
          .branch_pages = config.branch_pages};
}

}  // namespace

ringlet_pool_config ringlet_pool_config_default(void) { return to_c_pool(PoolConfig{}); }

ringlet_status ringlet_pool_plan_create(const ringlet_model* model,
                                        const ringlet_pool_config* config, ringlet_plan* plan) {
  const Result<PoolConfig> settings = from_c(*config);
  if (!settings.ok()) return to_c(settings.status());
  const auto result = ringlet::plan(object<ringlet::Model>(*model), *settings);
  if (result.ok()) to_c(*result, *plan);
  return to_c(result.status());
}

ringlet_status ringlet_pool_create(ringlet_pool* pool, const ringlet_model* model,
                                   const ringlet_pool_config* config, void* memory, size_t size,
                                   const ringlet_kernels* kernels, const ringlet_team* team) {
  const Result<PoolConfig> settings = from_c(*config);
  if (!settings.ok()) return to_c(settings.status());
  ringlet::Team threads;
  if (team != nullptr) threads = {team->threads, team->user_data, team->run};
  return ringlet::c::place_result(*pool, Pool::create(object<ringlet::Model>(*model), *settings,
                                                      {static_cast<std::byte*>(memory), size},
                                                      ringlet::c::from_c(kernels), threads));
}

ringlet_status ringlet_pool_prefix(ringlet_pool* pool, const ringlet_token* tokens, size_t count,
                                   const ringlet_progress* progress) {
  ringlet::Progress told;
  if (progress != nullptr) told = {progress->report, progress->user_data};
  return to_c(object<Pool>(*pool).prefix(std::span<const ringlet::TokenId>(tokens, count), told));
}

ringlet_status ringlet_pool_prefix_snapshot(ringlet_pool* pool, const void* snapshot, size_t size) {
  return to_c(object<Pool>(*pool).prefix(
      std::span<const std::byte>(static_cast<const std::byte*>(snapshot), size)));
}

ringlet_session ringlet_pool_session(const ringlet_pool* pool, uint32_t index) {
  ringlet_session session{};
  ringlet::c::place(session, object<Pool>(*pool).session(index));
  return session;
}

ringlet_status ringlet_pool_step(ringlet_pool* pool, const ringlet_pool_row* rows, size_t count) {
  static_assert(sizeof(ringlet_pool_row) == sizeof(Pool::Row) &&
                offsetof(ringlet_pool_row, token) == offsetof(Pool::Row, token) &&
                offsetof(ringlet_pool_row, logits) == offsetof(Pool::Row, logits));
  return to_c(object<Pool>(*pool).step({reinterpret_cast<const Pool::Row*>(rows), count}));
}

const float* ringlet_pool_logits(const ringlet_pool* pool, uint32_t row) {
  const auto logits = object<Pool>(*pool).logits(row);
  return logits.empty() ? nullptr : logits.data();
}

ringlet_status ringlet_pool_fork(ringlet_pool* pool, uint32_t from, uint32_t to,
                                 uint32_t most_tokens) {
  return to_c(object<Pool>(*pool).fork(from, to, most_tokens));
}

ringlet_pool_config ringlet_pool_get_config(const ringlet_pool* pool) {
  return to_c_pool(object<Pool>(*pool).config());
}

void ringlet_pool_plan(const ringlet_pool* pool, ringlet_plan* plan) {
  to_c(object<Pool>(*pool).memory_plan(), *plan);
}
