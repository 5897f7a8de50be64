#include "ringlet/snapshot.hpp"

#include "c/convert.hpp"

using ringlet::Sampler;
using ringlet::Session;
using ringlet::c::bytes_of;
using ringlet::c::object;
using ringlet::c::to_c;

static_assert(RINGLET_ANY_POSITION == ringlet::any_position);

ringlet_status ringlet_snapshot_info_read(ringlet_snapshot_info* info, const void* snapshot,
                                          size_t size) {
  const auto result = ringlet::snapshot_info(bytes_of(snapshot, size));
  if (result.ok()) {
    *info = {.model_hash = result->model_hash,
             .position = result->position,
             .context = result->context,
             .sinks = result->sinks,
             .hot_window = result->hot_window,
             .prefill_chunk = result->prefill_chunk,
             .kv = to_c(result->kv),
             .has_logits = result->has_logits,
             .has_sampler = result->has_sampler};
  }
  return to_c(result.status());
}

ringlet_status ringlet_snapshot_bytes(const ringlet_model* model, const ringlet_config* config,
                                      uint64_t position, uint64_t* bytes) {
  const auto settings = ringlet::c::from_c(*config);
  if (!settings.ok()) return to_c(settings.status());
  const auto result = ringlet::snapshot_bytes(object<ringlet::Model>(*model), *settings, position);
  if (result.ok()) *bytes = *result;
  return to_c(result.status());
}

ringlet_status ringlet_session_save(const ringlet_session* session, ringlet_span out,
                                    const ringlet_sampler* sampler, size_t* size) {
  const Sampler* saved = sampler == nullptr ? nullptr : &object<Sampler>(*sampler);
  const auto result = object<Session>(*session).save(ringlet::c::from_c(out), saved);
  if (result.ok()) *size = *result;
  return to_c(result.status());
}

ringlet_status ringlet_session_restore(ringlet_session* session, const void* snapshot, size_t size,
                                       ringlet_sampler* sampler) {
  Sampler* restored = sampler == nullptr ? nullptr : &object<Sampler>(*sampler);
  return to_c(object<Session>(*session).restore(bytes_of(snapshot, size), restored));
}
