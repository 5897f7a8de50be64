#include "session/image_check.hpp"

#include <algorithm>

#include "model/weights.hpp"
#include "session/image_planes.hpp"
#include "session/plan.hpp"

namespace ringlet {
namespace {

// No session gets there, and sums of it with any size do not overflow.
constexpr std::uint64_t highest_position = std::uint64_t{1} << 62;

Status impossible(const char* where, const char* what) {
  return {ErrorCode::invalid_image, where, what};
}

Status differs(const char* where, const char* what) {
  return {ErrorCode::invalid_argument, where, what};
}

const char* format_remedy(KvFormats image) {
  if (image == KvFormats(KvFormat::f32)) return "must be f32 for this image";
  if (image == KvFormats(KvFormat::f16)) return "must be f16 for this image";
  if (image == KvFormats(KvFormat::int8)) return "must be int8 for this image";
  if (image == KvFormats(KvFormat::int4)) return "must be int4 for this image";
  if (image == KvFormats(KvFormat::int8, KvFormat::int4)) return "must be k8v4 for this image";
  return "must be that of the session which the image was saved from";
}

Status check_ranges(const schema::Image& head) {
  if (head.context() == 0 || head.context() > largest_context || head.sinks() >= head.context()) {
    return impossible("context", "of the image is impossible").with(head.sinks(), head.context());
  }
  if (head.hot_window() == 0 || head.hot_window() > largest_context) {
    return impossible("hot_window", "of the image is impossible")
        .with(largest_context, head.hot_window());
  }
  if (head.prefill_chunk() == 0 || head.prefill_chunk() > largest_chunk) {
    return impossible("prefill_chunk", "of the image is impossible")
        .with(largest_chunk, head.prefill_chunk());
  }
  if (head.position() > head.written() || head.written() > highest_position) {
    return impossible("position", "of the image is impossible")
        .with(std::min(head.written(), highest_position), head.position());
  }
  return {};
}

/// Positions that the model has, turned as the session turns its own.
Status check_positions(const schema::Image& head, const Model& model, const Config& config) {
  const std::uint32_t learned = model.architecture().positions;
  if (learned != 0 && head.written() > learned) {
    return impossible("position", "of the image is beyond the last one that the model has learned")
        .with(learned, head.written());
  }
  if (head.position() > 0 &&
      has_long_steps(model, head.context()) != has_long_steps(model, config.context)) {
    return differs("context", "has other rotary steps than the image's; use the same")
        .with(head.context(), config.context);
  }
  return {};
}

Status check_formats(const schema::Image& head, const KvCache& cache, std::uint32_t layers) {
  if (head.keys()->size() != layers || head.values()->size() != layers) {
    return impossible("kv", "of the image has not one format for each layer")
        .with(layers, std::min(head.keys()->size(), head.values()->size()));
  }
  for (std::uint32_t i = 0; i < layers; ++i) {
    const KvFormats image(static_cast<KvFormat>(head.keys()->Get(i)),
                          static_cast<KvFormat>(head.values()->Get(i)));
    if (image != cache.layer(i).region(Region::cold).formats) {
      return differs("kv", format_remedy(image)).at(i);
    }
  }
  return {};
}

/// `saved` is how the layer was in the session of the image.
Status check_layer(const schema::Image& head, const Config& config, const LayerCache& saved,
                   const LayerCache& layer) {
  const RingGeometry& ring = layer.ring;
  const RingCursor cursor(head.position(), head.written());
  if (ring.pinned != saved.ring.pinned) {
    return differs("sinks", "differ from the image's; use as many")
        .with(head.sinks(), config.sinks);
  }
  if (ring.hot != saved.ring.hot && head.hot_window() != config.hot_window) {
    return differs("hot_window", "differs from the image's; use the same")
        .with(head.hot_window(), config.hot_window);
  }
  // While both windows hold every token, no query has seen the difference.
  const bool whole = head.position() <= ring.pinned + std::min(ring.window, saved.ring.window);
  if (ring.window != saved.ring.window && (!whole || ring.hot != saved.ring.hot)) {
    return differs("context", "differs from the image's, and the image does not fit; use the same")
        .with(head.context(), config.context);
  }
  if (!cursor.can_truncate(saved.ring, head.position())) {
    return impossible("position", "of the image is further back than its ring remembers")
        .with(cursor.earliest(saved.ring), head.position());
  }
  const SlotsInUse used = slots_in_use(saved.ring, cursor);
  const bool same_slots =
      ring.slots() == saved.ring.slots() && ring.cold_slots() == saved.ring.cold_slots();
  const bool fits = used.ring <= ring.slots() && used.cold <= ring.cold_slots() &&
                    cursor.can_truncate(ring, head.position());
  if (!same_slots && (used.wrapped || !fits)) {
    const bool chunk = ring.max_tokens != saved.ring.max_tokens;
    return differs(chunk ? "prefill_chunk" : "context",
                   "gives the ring other slots than the image's; use the same")
        .with(chunk ? head.prefill_chunk() : head.context(),
              chunk ? config.prefill_chunk : config.context);
  }
  return {};
}

Status check_rest(const ImageView& image, const Model& model, const Config& saved) {
  const schema::Image& head = *image.head;
  const std::uint32_t vocab_size = model.architecture().vocab_size;
  if (head.logits() != 0 && head.logits() != vocab_size) {
    return impossible("logits", "of the image are not one for each token of the vocabulary")
        .with(vocab_size, head.logits());
  }
  const std::uint64_t bytes = planes_bytes({.model = model,
                                            .config = saved,
                                            .cursor = RingCursor(head.position(), head.written()),
                                            .logits = head.logits()});
  if (bytes != image.planes.size()) {
    return impossible("image", "has planes of another size than its position needs")
        .with(bytes, image.planes.size());
  }
  if (head.sampler() == nullptr || head.sampler()->recent() == nullptr) return {};
  for (const TokenId token : *head.sampler()->recent()) {
    if (token >= vocab_size) {
      return impossible("sampler", "of the image remembers a token outside the vocabulary")
          .with(vocab_size, token);
    }
  }
  return {};
}

}  // namespace

Config config_of_image(const schema::Image& head, const Config& session) noexcept {
  Config config = session;
  config.context = head.context();
  config.sinks = head.sinks();
  config.hot_window = head.hot_window();
  config.prefill_chunk = head.prefill_chunk();
  return config;
}

Status check_image(const ImageView& image, const Model& model, const Config& config,
                   const KvCache& cache) noexcept {
  const schema::Image& head = *image.head;
  if (head.model() != model.hash()) {
    return differs("model", "is not the one that the image was saved with; use that model")
        .with(head.model(), model.hash());
  }
  const std::uint32_t layers = model.architecture().layers;
  Status status = check_ranges(head);
  if (status.ok()) status = check_positions(head, model, config);
  if (status.ok()) status = check_formats(head, cache, layers);
  const Config saved = config_of_image(head, config);
  for (std::uint32_t i = 0; i < layers && status.ok(); ++i) {
    status = check_layer(head, config, layer_cache(saved, model.window(i), model.recommended_kv(i)),
                         cache.layer(i));
  }
  return status.ok() ? check_rest(image, model, saved) : status;
}

Status check_planes(const ImageView& image, const Model& model, const Config& config) noexcept {
  Stream<const std::byte> stream(image.planes);
  return for_each_plane(model.architecture(), LayersOfImage(*image.head, model, config),
                        [&](const HeadPlane& plane) {
                          const auto codes = stream.take(plane.codes);
                          return check_plane(plane, codes, stream.take(plane.scales));
                        });
}

}  // namespace ringlet
