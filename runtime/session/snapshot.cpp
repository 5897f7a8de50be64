// Saves a session to memory and restores it.
#include "ringlet/snapshot.hpp"

#include <algorithm>
#include <cstring>

#include "base/crc32c.hpp"
#include "base/invalid_argument.hpp"
#include "session/plan.hpp"
#include "session/snapshot_check.hpp"
#include "session/snapshot_planes.hpp"
#include "session/state.hpp"

namespace ringlet {
namespace {

/// The content of a snapshot of a session at `cursor`. If no region has wrapped, the session's
/// highest position does not matter, and any ring can restore the snapshot.
SnapshotContent content_of(const Model& model, const Config& config, RingCursor cursor) {
  bool wrapped = false;
  for (std::uint32_t i = 0; i < model.architecture().layers; ++i) {
    const LayerCache layer = layer_cache(model, config, i);
    wrapped = wrapped || slots_in_use(layer.ring, cursor).wrapped;
  }
  if (!wrapped) cursor = RingCursor(cursor.position(), cursor.position());
  return {.model = model, .config = config, .cursor = cursor};
}

HeadPages pages_of(const KvCache& cache, const HeadPlane& plane) {
  return plane.keys ? cache.key_pages(plane.layer, plane.region, plane.head, plane.slots)
                    : cache.value_pages(plane.layer, plane.region, plane.head, plane.slots);
}

/// Copies the pages of a branch, which lie in different places.
void copy_pages(const KvCache& cache, const HeadPlane& plane, std::span<std::byte> codes,
                std::span<std::byte> scales) {
  const std::uint32_t pages = page::count(plane.slots);
  for (std::uint32_t i = 0; i < pages; ++i) {
    const PageSides sides = cache.locate(plane.layer, plane.region, plane.head, i);
    const PageSide& side = plane.keys ? sides.keys : sides.values;
    std::memcpy(codes.data() + codes.size() / pages * i, side.codes, codes.size() / pages);
    if (scales.empty()) continue;
    std::memcpy(scales.data() + scales.size() / pages * i, side.scales, scales.size() / pages);
  }
}

void restore_sampler(const schema::SamplerState& saved, Sampler& sampler) {
  sampler.reset();
  if (saved.recent() != nullptr) {
    for (const TokenId token : *saved.recent()) sampler.observe(token);
  }
  sampler.resume({.seed = saved.seed(), .draws = saved.draws()});
}

/// Whether the sinks of a snapshot can be used in place.
Status check_in_place(const SnapshotView& snapshot, const Config& config) {
  if (reinterpret_cast<std::uintptr_t>(snapshot.planes.data()) % snapshot_alignment != 0) {
    return invalid_argument("snapshot", "must be aligned to 64 bytes, or clear sinks_in_snapshot");
  }
  if (snapshot.header->position() < config.sinks) {
    return invalid_argument(
               "position", "the snapshot's is before the end of the sinks; clear sinks_in_snapshot")
        .with(config.sinks, snapshot.header->position());
  }
  return {};
}

/// Whether writing `snapshot` would change `sinks`, its source. Copying sinks onto themselves is
/// harmless.
bool would_move(std::span<const std::byte> sinks, std::span<const std::byte> snapshot,
                std::size_t header) noexcept {
  const auto from = reinterpret_cast<std::uintptr_t>(sinks.data());
  const auto to = reinterpret_cast<std::uintptr_t>(snapshot.data());
  return from < to + snapshot.size() && to < from + sinks.size() && from != to + header;
}

}  // namespace

Result<std::size_t> Session::save(std::span<std::byte> out, const Sampler* sampler) const noexcept {
  State& state = *state_;
  if (state.lacks_sinks()) {
    if (state.engine->one_sinks()) {
      return invalid_argument("prefix", "none yet; there is nothing to save");
    }
    return invalid_argument("sinks_in_snapshot", "no snapshot yet; there is nothing to save");
  }
  if (state.has_ended()) {
    return invalid_argument("session", "a branch that has not begun; there is nothing to save");
  }
  SnapshotContent content = content_of(state.model(), state.config(), state.cursor);
  content.logits = static_cast<std::uint32_t>(logits().size());
  content.has_sampler = sampler != nullptr;
  content.sampler = sampler;
  content.recent = sampler != nullptr ? sampler->recent_count() : 0;
  const std::size_t header = write_snapshot_header(content, {});
  const std::uint64_t needed = header + planes_bytes(content) + sizeof(SnapshotChecksums);
  if (reinterpret_cast<std::uintptr_t>(out.data()) % alignof(std::uint64_t) != 0) {
    return invalid_argument("out", "must be aligned to 8 bytes");
  }
  if (out.size() < needed) {
    return Status(ErrorCode::not_enough_memory, "out", "too small for the snapshot")
        .with(needed, out.size());
  }
  const auto snapshot = out.first(static_cast<std::size_t>(needed));
  if (state.config().sinks_in_snapshot &&
      would_move(state.cache.placed_sinks(), snapshot, header)) {
    return invalid_argument("out", "overlaps the snapshot that holds the sinks; save elsewhere");
  }
  write_snapshot_header(content, snapshot);
  const auto planes =
      snapshot.subspan(header, snapshot.size() - header - sizeof(SnapshotChecksums));
  state.store(content, planes);
  const SnapshotChecksums checksums{crc32c(snapshot.first(header)), crc32c(planes)};
  std::memcpy(planes.data() + planes.size(), &checksums, sizeof(checksums));
  // A snapshot that restore() would refuse is useless.
  const Result<SnapshotView> view = open_snapshot(snapshot);
  const Status status =
      view.ok() ? check_snapshot(*view, state.model(), state.config(), state.cache) : view.status();
  if (!status.ok()) return status;
  return snapshot.size();
}

void Session::State::store(const SnapshotContent& content, std::span<std::byte> planes) noexcept {
  Stream<std::byte> stream(planes);
  const auto in_snapshot = [&](std::uint32_t i) {
    return layer_in_snapshot(cache.layer(i), content.cursor);
  };
  const auto write = [&](const HeadPlane& plane) -> Status {
    const std::span<std::byte> codes = stream.take(plane.codes);
    const std::span<std::byte> scales = stream.take(plane.scales);
    if (cache.is_branch() && plane.region != Region::sinks) {
      copy_pages(cache, plane, codes, scales);
      return {};
    }
    const HeadPages pages = pages_of(cache, plane);
    std::copy(pages.codes.begin(), pages.codes.end(), codes.begin());
    std::copy(pages.scales.begin(), pages.scales.end(), scales.begin());
    return {};
  };
  (void)for_each_plane(model(), in_snapshot, write).ok();
  if (const Recurrent* recurrent = cache.recurrent(); recurrent != nullptr) {
    recurrent->save(cursor.position(), stream.take(recurrent->saved_bytes()).data());
  }
  const std::span<std::byte> rest = stream.rest();  // for the logits
  std::fill(rest.begin(), rest.end(), std::byte{0});
  if (content.logits > 0) {
    std::memcpy(rest.data(), last_logits().data(), std::size_t{content.logits} * sizeof(float));
  }
}

Status Session::restore(std::span<const std::byte> snapshot, Sampler* sampler) noexcept {
  State& state = *state_;
  if (const Status status = state.check_ring(); !status.ok()) return status;
  const Result<SnapshotView> view = open_snapshot(snapshot);
  if (!view) return view.status();
  Status status = check_snapshot(*view, state.model(), state.config(), state.cache);
  if (status.ok() && state.reads_prefix()) {
    status = state.check_prefix(*view);
  } else if (status.ok() && state.config().sinks_in_snapshot) {
    status = check_in_place(*view, state.config());
  }
  if (!status.ok()) return status;
  if (crc32c(view->planes) != view->planes_crc32c) {
    return {ErrorCode::checksum_mismatch, "snapshot", "damaged (checksum of its planes differs)"};
  }
  status = check_planes(*view, state.model(), state.config());
  if (!status.ok()) return status;

  state.load(*view);
  const schema::SamplerState* saved = view->header->sampler();
  if (sampler != nullptr && saved != nullptr) restore_sampler(*saved, *sampler);
  return {};
}

/// Checks that a snapshot begins with the prefix of the pool.
Status Session::State::check_prefix(const SnapshotView& snapshot) const noexcept {
  if (lacks_sinks()) return invalid_argument("prefix", "none yet; call Pool::prefix first");
  if (snapshot.header->position() < engine->sharing.prefix_tokens) {
    return invalid_argument("position", "the snapshot's is before the end of the prefix")
        .with(engine->sharing.prefix_tokens, snapshot.header->position());
  }
  Stream<const std::byte> stream(snapshot.planes);
  const auto compare = [&](const HeadPlane& plane) -> Status {
    const auto codes = stream.take(plane.codes);
    const auto scales = stream.take(plane.scales);
    if (plane.region != Region::sinks) return {};
    const HeadPages pages = pages_of(cache, plane);
    if (std::equal(codes.begin(), codes.end(), pages.codes.begin()) &&
        std::equal(scales.begin(), scales.end(), pages.scales.begin())) {
      return {};
    }
    return invalid_argument("prefix", "the snapshot begins with another than the pool")
        .at(plane.layer);
  };
  return for_each_plane(model(), LayersOfSnapshot(*snapshot.header, model(), config()), compare);
}

void Session::State::load(const SnapshotView& snapshot) noexcept {
  const schema::Snapshot& header = *snapshot.header;
  const LayersOfSnapshot in_snapshot(header, model(), config());
  cursor = RingCursor(header.position(), header.written());
  Stream<const std::byte> stream(snapshot.planes);
  std::size_t in_place[2] = {};  // bytes of keys and of values that stay in the snapshot
  const auto read = [&](const HeadPlane& plane) -> Status {
    const auto codes = stream.take(plane.codes);
    const auto scales = stream.take(plane.scales);
    if (plane.region == Region::sinks && reads_prefix()) return {};
    if (config().sinks_in_snapshot && plane.region == Region::sinks) {
      in_place[plane.keys ? 0 : 1] += codes.size() + scales.size();
      return {};
    }
    const HeadPages pages = pages_of(cache, plane);
    std::copy(codes.begin(), codes.end(), pages.codes.begin());
    std::copy(scales.begin(), scales.end(), pages.scales.begin());
    return {};
  };
  (void)for_each_plane(model(), in_snapshot, read).ok();
  if (config().sinks_in_snapshot && !reads_prefix()) {
    cache.place_sinks(snapshot.planes.first(in_place[0]),
                      snapshot.planes.subspan(in_place[0], in_place[1]));
  }
  if (Recurrent* recurrent = cache.recurrent(); recurrent != nullptr) {
    recurrent->load(cursor.position(), stream.take(recurrent->saved_bytes()).data());
  }
  logits_rows = header.logits() > 0 ? 1 : 0;
  if (logits_rows > 0) {
    std::memcpy(logits, stream.rest().data(), std::size_t{header.logits()} * sizeof(float));
  }
}

Result<SnapshotInfo> snapshot_info(std::span<const std::byte> snapshot) noexcept {
  const Result<SnapshotView> view = open_snapshot(snapshot);
  if (!view) return view.status();
  const schema::Snapshot& header = *view->header;
  SnapshotInfo info{.model_hash = header.model(),
                    .position = header.position(),
                    .context = header.context(),
                    .sinks = header.sinks(),
                    .hot_window = header.hot_window(),
                    .prefill_chunk = header.prefill_chunk(),
                    .kv = std::nullopt,
                    .has_logits = header.logits() > 0,
                    .has_sampler = header.sampler() != nullptr};
  const auto uniform = [](const auto& formats) {
    return formats.size() > 0 && std::all_of(formats.begin(), formats.end(),
                                             [&](auto format) { return format == formats.Get(0); });
  };
  if (uniform(*header.keys()) && uniform(*header.values())) {
    info.kv = KvFormats(static_cast<KvFormat>(header.keys()->Get(0)),
                        static_cast<KvFormat>(header.values()->Get(0)));
  }
  return info;
}

Result<std::uint64_t> snapshot_bytes(const Model& model, const Config& config,
                                     std::uint64_t position) noexcept {
  const Result<MemoryPlan> planned = plan(model, config);
  if (!planned) return planned.status();
  const Result<Config> resolved = resolve(model, config);
  // From this position on, every region is full.
  const std::uint64_t end = std::min(position, std::uint64_t{1} << 40);
  SnapshotContent content = content_of(model, *resolved, RingCursor(end, end));
  content.logits = model.architecture().vocab_size;
  content.has_sampler = true;
  content.recent = resolved->repeat_window;
  return write_snapshot_header(content, {}) + planes_bytes(content) + sizeof(SnapshotChecksums);
}

}  // namespace ringlet
