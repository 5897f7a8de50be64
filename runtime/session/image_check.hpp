// Whether an image can be restored into a session.
#pragma once

#include "session/image_head.hpp"

namespace ringlet {

/// The configuration that an image was saved under, where it decides what is cached where; the rest
/// is the session's.
[[nodiscard]] Config config_of_image(const schema::Image& head, const Config& session) noexcept;

/// Checks that the image is of this model, that a session of `config` (resolved) with this cache
/// would have come to the same state, and that all that the head says is possible. The planes are
/// not read. Errors name the field, what the image has (needed) and what the session has.
Status check_image(const ImageView& image, const Model& model, const Config& config,
                   const KvCache& cache) noexcept;

}  // namespace ringlet
