// Whether an image can be restored into a session.
#pragma once

#include "session/image_head.hpp"

namespace ringlet {

/// The configuration that an image was saved under, where it decides what is cached where; the rest
/// is the session's.
[[nodiscard]] Config config_of_image(const schema::Image& head, const Config& session) noexcept;

/// Layer i as an image has it, once check_image has passed.
class LayersOfImage {
 public:
  LayersOfImage(const schema::Image& head, const Model& model, const Config& session) noexcept
      : model_(model),
        config_(config_of_image(head, session)),
        cursor_(head.position(), head.written()) {}

  [[nodiscard]] LayerCache operator()(std::uint32_t i) const noexcept {
    return layer_in_image(layer_cache(config_, model_.window(i), model_.recommended_kv(i)),
                          cursor_);
  }

 private:
  const Model& model_;
  Config config_;
  RingCursor cursor_;
};

/// Checks that the image is of this model, that a session of `config` (resolved) with this cache
/// would have come to the same state, and that all that the head says is possible. The planes are
/// not read. Errors name the field, what the image has (needed) and what the session has.
Status check_image(const ImageView& image, const Model& model, const Config& config,
                   const KvCache& cache) noexcept;

/// Checks that the planes hold nothing but what a cache can hold, once check_image has passed.
Status check_planes(const ImageView& image, const Model& model, const Config& config) noexcept;

}  // namespace ringlet
