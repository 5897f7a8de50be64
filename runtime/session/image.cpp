// Saving a session to memory and going on from there.
#include "ringlet/image.hpp"

#include <algorithm>
#include <cstring>

#include "base/crc32c.hpp"
#include "session/image_check.hpp"
#include "session/image_planes.hpp"
#include "session/plan.hpp"
#include "session/state.hpp"

namespace ringlet {
namespace {

/// What a session at `cursor` has to say in an image. Where no region has wrapped it does not
/// matter how far the session was before it went back, and any ring may take the image.
ImageContent content_of(const Model& model, const Config& config, RingCursor cursor) {
  bool wrapped = false;
  for (std::uint32_t i = 0; i < model.architecture().layers; ++i) {
    const LayerCache layer = layer_cache(config, model.window(i), model.recommended_kv(i));
    wrapped = wrapped || slots_in_use(layer.ring, cursor).wrapped;
  }
  if (!wrapped) cursor = RingCursor(cursor.position(), cursor.position());
  return {.model = model, .config = config, .cursor = cursor};
}

HeadPages pages_of(const KvCache& cache, const HeadPlane& plane) {
  return plane.keys ? cache.key_pages(plane.layer, plane.region, plane.head, plane.slots)
                    : cache.value_pages(plane.layer, plane.region, plane.head, plane.slots);
}

void restore_sampler(const schema::SamplerState& saved, Sampler& sampler) {
  sampler.reset();
  if (saved.recent() != nullptr) {
    for (const TokenId token : *saved.recent()) sampler.observe(token);
  }
  sampler.resume({.seed = saved.seed(), .draws = saved.draws()});
}

/// Whether the pinned tokens of an image can be used where they lie.
Status check_in_place(const ImageView& image, const Config& config) {
  if (reinterpret_cast<std::uintptr_t>(image.planes.data()) % image_alignment != 0) {
    return {ErrorCode::invalid_argument, "image",
            "must lie at a multiple of 64 to be used in place; move it, or clear sinks_in_image to "
            "have it copied"};
  }
  if (image.head->position() < config.sinks) {
    return Status(ErrorCode::invalid_argument, "position",
                  "of the image is before the end of the sinks, which cannot be used in place")
        .with(config.sinks, image.head->position());
  }
  return {};
}

/// Whether what is written to `image` would change `sinks`, which it is copied from. What is copied
/// to where it is stays.
bool would_move(std::span<const std::byte> sinks, std::span<const std::byte> image,
                std::size_t head) noexcept {
  const auto from = reinterpret_cast<std::uintptr_t>(sinks.data());
  const auto to = reinterpret_cast<std::uintptr_t>(image.data());
  return from < to + image.size() && to < from + sinks.size() && from != to + head;
}

}  // namespace

Result<std::size_t> Session::save(std::span<std::byte> out, const Sampler* sampler) const noexcept {
  State& state = *state_;
  if (state.lacks_sinks()) {
    return Status(ErrorCode::invalid_argument, "sinks_in_image",
                  "has no image yet; there is nothing to save");
  }
  ImageContent content = content_of(state.model, state.config, state.cursor);
  content.logits = static_cast<std::uint32_t>(logits().size());
  content.has_sampler = sampler != nullptr;
  content.sampler = sampler;
  content.recent = sampler != nullptr ? sampler->recent_count() : 0;
  const std::size_t head = write_image_head(content, {});
  const std::uint64_t needed = head + planes_bytes(content) + sizeof(ImageChecksums);
  if (reinterpret_cast<std::uintptr_t>(out.data()) % alignof(std::uint64_t) != 0) {
    return Status(ErrorCode::invalid_argument, "out",
                  "must lie at an address that is a multiple of 8");
  }
  if (out.size() < needed) {
    return Status(ErrorCode::not_enough_memory, "out", "is too small for the image")
        .with(needed, out.size());
  }
  const auto image = out.first(static_cast<std::size_t>(needed));
  if (state.config.sinks_in_image &&
      would_move(state.decoder.cache().placed_pinned(), image, head)) {
    return Status(ErrorCode::invalid_argument, "out",
                  "overlaps the image that the sinks are read from; save elsewhere");
  }
  write_image_head(content, image);
  const auto planes = image.subspan(head, image.size() - head - sizeof(ImageChecksums));
  state.store(content, planes);
  const ImageChecksums checksums{crc32c(image.first(head)), crc32c(planes)};
  std::memcpy(planes.data() + planes.size(), &checksums, sizeof(checksums));
  // What restore() would refuse is of no use to anybody.
  const Result<ImageView> view = open_image(image);
  const Status status = view.ok()
                            ? check_image(*view, state.model, state.config, state.decoder.cache())
                            : view.status();
  if (!status.ok()) return status;
  return image.size();
}

void Session::State::store(const ImageContent& content, std::span<std::byte> planes) noexcept {
  Stream<std::byte> stream(planes);
  const KvCache& cache = decoder.cache();
  const auto in_image = [&](std::uint32_t i) {
    return layer_in_image(cache.layer(i), content.cursor);
  };
  const auto write = [&](const HeadPlane& plane) -> Status {
    const HeadPages pages = pages_of(cache, plane);
    std::copy(pages.codes.begin(), pages.codes.end(), stream.take(plane.codes).begin());
    std::copy(pages.scales.begin(), pages.scales.end(), stream.take(plane.scales).begin());
    return {};
  };
  (void)for_each_plane(model.architecture(), in_image, write).ok();
  const std::span<std::byte> rest = stream.rest();  // for the logits
  std::fill(rest.begin(), rest.end(), std::byte{0});
  if (content.logits > 0) {
    std::memcpy(rest.data(), logits, std::size_t{content.logits} * sizeof(float));
  }
}

Status Session::restore(std::span<const std::byte> image, Sampler* sampler) noexcept {
  State& state = *state_;
  const Result<ImageView> view = open_image(image);
  if (!view) return view.status();
  Status status = check_image(*view, state.model, state.config, state.decoder.cache());
  if (status.ok() && state.config.sinks_in_image) status = check_in_place(*view, state.config);
  if (!status.ok()) return status;
  if (crc32c(view->planes) != view->planes_crc32c) {
    return {ErrorCode::checksum_mismatch, "image", "is damaged (checksum of its planes differs)"};
  }
  status = check_planes(*view, state.model, state.config);
  if (!status.ok()) return status;

  state.load(*view);
  const schema::SamplerState* saved = view->head->sampler();
  if (sampler != nullptr && saved != nullptr) restore_sampler(*saved, *sampler);
  return {};
}

void Session::State::load(const ImageView& image) noexcept {
  const schema::Image& head = *image.head;
  const LayersOfImage in_image(head, model, config);
  cursor = RingCursor(head.position(), head.written());
  Stream<const std::byte> stream(image.planes);
  std::size_t in_place[2] = {};  // bytes of the keys and of the values that stay where they are
  const auto read = [&](const HeadPlane& plane) -> Status {
    const auto codes = stream.take(plane.codes);
    const auto scales = stream.take(plane.scales);
    if (config.sinks_in_image && plane.region == Region::pinned) {
      in_place[plane.keys ? 0 : 1] += codes.size() + scales.size();
      return {};
    }
    const HeadPages pages = pages_of(decoder.cache(), plane);
    std::copy(codes.begin(), codes.end(), pages.codes.begin());
    std::copy(scales.begin(), scales.end(), pages.scales.begin());
    return {};
  };
  (void)for_each_plane(model.architecture(), in_image, read).ok();
  if (config.sinks_in_image) {
    decoder.cache().place_pinned(image.planes.first(in_place[0]),
                                 image.planes.subspan(in_place[0], in_place[1]));
  }
  has_logits = head.logits() > 0;
  if (has_logits) {
    std::memcpy(logits, stream.rest().data(), std::size_t{head.logits()} * sizeof(float));
  }
}

Result<ImageInfo> image_info(std::span<const std::byte> image) noexcept {
  const Result<ImageView> view = open_image(image);
  if (!view) return view.status();
  const schema::Image& head = *view->head;
  ImageInfo info{.model_hash = head.model(),
                 .position = head.position(),
                 .context = head.context(),
                 .sinks = head.sinks(),
                 .hot_window = head.hot_window(),
                 .prefill_chunk = head.prefill_chunk(),
                 .kv = std::nullopt,
                 .has_logits = head.logits() > 0,
                 .has_sampler = head.sampler() != nullptr};
  const auto uniform = [](const auto& formats) {
    return formats.size() > 0 && std::all_of(formats.begin(), formats.end(),
                                             [&](auto format) { return format == formats.Get(0); });
  };
  if (uniform(*head.keys()) && uniform(*head.values())) {
    info.kv = KvFormats(static_cast<KvFormat>(head.keys()->Get(0)),
                        static_cast<KvFormat>(head.values()->Get(0)));
  }
  return info;
}

Result<std::uint64_t> image_bytes(const Model& model, const Config& config,
                                  std::uint64_t position) noexcept {
  const Result<MemoryPlan> planned = plan(model, config);
  if (!planned) return planned.status();
  const Result<Config> resolved = resolve(model, config);
  // Beyond this every region is full.
  const std::uint64_t end = std::min(position, std::uint64_t{1} << 40);
  ImageContent content = content_of(model, *resolved, RingCursor(end, end));
  content.logits = model.architecture().vocab_size;
  content.has_sampler = true;
  content.recent = resolved->repeat_window;
  return write_image_head(content, {}) + planes_bytes(content) + sizeof(ImageChecksums);
}

}  // namespace ringlet
