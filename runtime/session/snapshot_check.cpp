#include "session/snapshot_check.hpp"

#include <algorithm>

#include "base/invalid_argument.hpp"
#include "model/weights.hpp"
#include "session/invalid_snapshot.hpp"
#include "session/plan.hpp"
#include "session/snapshot_planes.hpp"

namespace ringlet {
namespace {

// No session reaches this position, and adding any size to it does not overflow.
constexpr std::uint64_t highest_position = std::uint64_t{1} << 62;

constexpr const char* impossible = "impossible value in the snapshot";

/// A setting that must be as it was in the snapshot.
Status differs(const char* where, const char* what, std::uint32_t saved, std::uint32_t session) {
  return invalid_argument(where, what).with(saved, session).suggest(where, saved);
}

const char* format_remedy(KvFormats snapshot) {
  if (snapshot == KvFormats(KvFormat::f32)) return "must be f32 for this snapshot";
  if (snapshot == KvFormats(KvFormat::f16)) return "must be f16 for this snapshot";
  if (snapshot == KvFormats(KvFormat::int8)) return "must be int8 for this snapshot";
  if (snapshot == KvFormats(KvFormat::int4)) return "must be int4 for this snapshot";
  if (snapshot == KvFormats(KvFormat::int8, KvFormat::int4))
    return "must be k8v4 for this snapshot";
  return "must be that of the session that saved the snapshot";
}

Status check_ranges(const schema::Snapshot& header) {
  if (header.context() == 0 || header.context() > Config::largest_context ||
      header.sinks() >= header.context()) {
    return invalid_snapshot("context", impossible).got(header.context());
  }
  if (header.hot_window() == 0 || header.hot_window() > Config::largest_context) {
    return invalid_snapshot("hot_window", impossible).got(header.hot_window());
  }
  if (header.prefill_chunk() == 0 || header.prefill_chunk() > Config::largest_prefill_chunk) {
    return invalid_snapshot("prefill_chunk", impossible).got(header.prefill_chunk());
  }
  if (header.position() > header.written() || header.written() > highest_position) {
    return invalid_snapshot("position", impossible)
        .at_most(std::min(header.written(), highest_position), header.position());
  }
  return {};
}

/// Checks that the model has the positions and that the session rotates them by the same
/// frequencies.
Status check_positions(const schema::Snapshot& header, const Model& model, const Config& config) {
  const std::uint32_t learned = model.architecture().learned_positions;
  if (learned != 0 && header.written() > learned) {
    return invalid_snapshot("position", "the snapshot's is beyond those that the model has learned")
        .at_most(learned, header.written());
  }
  if (header.position() > 0 && has_long_frequencies(model, header.context()) !=
                                   has_long_frequencies(model, config.context)) {
    return differs("context", "gives other rotary frequencies than the snapshot's; use the same",
                   header.context(), config.context);
  }
  return {};
}

Status check_formats(const schema::Snapshot& header, const KvCache& cache, std::uint32_t layers) {
  if (header.keys()->size() != layers || header.values()->size() != layers) {
    return invalid_snapshot("kv", "the snapshot must have one format for each layer")
        .with(layers, std::min(header.keys()->size(), header.values()->size()));
  }
  for (std::uint32_t i = 0; i < layers; ++i) {
    const KvFormats snapshot(static_cast<KvFormat>(header.keys()->Get(i)),
                             static_cast<KvFormat>(header.values()->Get(i)));
    if (snapshot != cache.layer(i).region(Region::cold).formats) {
      return invalid_argument("kv", format_remedy(snapshot)).at(i);
    }
  }
  return {};
}

/// `saved` is the layer in the session that was saved.
Status check_layer(const schema::Snapshot& header, const Config& config, const LayerCache& saved,
                   const LayerCache& layer) {
  const RingGeometry& ring = layer.ring;
  const RingCursor cursor(header.position(), header.written());
  if (ring.sinks != saved.ring.sinks) {
    return differs("sinks", "differ from the snapshot's; use as many", header.sinks(),
                   config.sinks);
  }
  if (ring.hot != saved.ring.hot && header.hot_window() != config.hot_window) {
    return differs("hot_window", "differs from the snapshot's; use the same", header.hot_window(),
                   config.hot_window);
  }
  // While both windows hold every token, no query can tell them apart.
  const bool whole = header.position() <= ring.sinks + std::min(ring.window, saved.ring.window);
  if (ring.window != saved.ring.window && (!whole || ring.hot != saved.ring.hot)) {
    return differs("context", "differs from the snapshot's, whose tokens do not fit; use the same",
                   header.context(), config.context);
  }
  if (!cursor.can_truncate(saved.ring, header.position())) {
    return invalid_snapshot("position", "further back than the snapshot's ring remembers")
        .with(cursor.earliest(saved.ring), header.position());
  }
  const SlotsInUse used = slots_in_use(saved.ring, cursor);
  const bool same_slots =
      ring.slots() == saved.ring.slots() && ring.cold_slots() == saved.ring.cold_slots();
  const bool fits = used.hot <= ring.slots() && used.cold <= ring.cold_slots() &&
                    cursor.can_truncate(ring, header.position());
  if (!same_slots && (used.wrapped || !fits)) {
    const bool chunk = ring.max_tokens != saved.ring.max_tokens;
    return differs(chunk ? "prefill_chunk" : "context",
                   "gives the ring other slots than the snapshot's; use the same",
                   chunk ? header.prefill_chunk() : header.context(),
                   chunk ? config.prefill_chunk : config.context);
  }
  return {};
}

Status check_rest(const SnapshotView& snapshot, const Model& model, const Config& saved) {
  const schema::Snapshot& header = *snapshot.header;
  const std::uint32_t vocab_size = model.architecture().vocab_size;
  if (header.logits() != 0 && header.logits() != vocab_size) {
    return invalid_snapshot("logits", "the snapshot must have one for each token, or none")
        .with(vocab_size, header.logits());
  }
  const std::uint64_t bytes =
      planes_bytes({.model = model,
                    .config = saved,
                    .cursor = RingCursor(header.position(), header.written()),
                    .logits = header.logits()});
  if (bytes != snapshot.planes.size()) {
    return invalid_snapshot("snapshot", "the size of its planes does not match its position")
        .with(bytes, snapshot.planes.size());
  }
  if (header.sampler() == nullptr || header.sampler()->recent() == nullptr) return {};
  for (const TokenId token : *header.sampler()->recent()) {
    if (token >= vocab_size) {
      return invalid_snapshot("sampler", "remembers what is not a token of the vocabulary")
          .at_most(vocab_size - 1, token);
    }
  }
  return {};
}

}  // namespace

Config config_of_snapshot(const schema::Snapshot& header, const Config& session) noexcept {
  Config config = session;
  config.context = header.context();
  config.sinks = header.sinks();
  config.hot_window = header.hot_window();
  config.prefill_chunk = header.prefill_chunk();
  return config;
}

Status check_snapshot(const SnapshotView& snapshot, const Model& model, const Config& config,
                      const KvCache& cache) noexcept {
  const schema::Snapshot& header = *snapshot.header;
  if (header.model() != model.hash()) {
    return invalid_argument("model", "not the one that saved the snapshot; use that one")
        .compare(Numbers::none, header.model(), model.hash());
  }
  const std::uint32_t layers = model.architecture().layers;
  Status status = check_ranges(header);
  if (status.ok()) status = check_positions(header, model, config);
  if (status.ok()) status = check_formats(header, cache, layers);
  const Config saved = config_of_snapshot(header, config);
  for (std::uint32_t i = 0; i < layers && status.ok(); ++i) {
    status = check_layer(header, config, layer_cache(model, saved, i), cache.layer(i));
  }
  return status.ok() ? check_rest(snapshot, model, saved) : status;
}

Status check_planes(const SnapshotView& snapshot, const Model& model,
                    const Config& config) noexcept {
  Stream<const std::byte> stream(snapshot.planes);
  const Status status = for_each_plane(
      model, LayersOfSnapshot(*snapshot.header, model, config), [&](const HeadPlane& plane) {
        const auto codes = stream.take(plane.codes);
        return check_plane(plane, codes, stream.take(plane.scales));
      });
  if (!features::recurrent || !status.ok()) return status;
  const std::uint64_t inputs = recurrent_sizes(model, config).saved_bytes();
  return check_floats("recurrent inputs", stream.take(static_cast<std::size_t>(inputs)));
}

}  // namespace ringlet
