// Which optional parts of the library a model needs, and whether this build has them.
#pragma once

#include <span>

#include "ringlet/status.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {

/// An optional part that a model may need. INT4 caches and threads are the configuration's.
struct OptionalPart {
  const char* feature;  // its name in RINGLET_FEATURES
  bool built;
  bool (*needed)(const schema::Model& model);  // of a model whose tables are verified
};

[[nodiscard]] std::span<const OptionalPart> optional_parts() noexcept;

/// Refuses a model that needs what was left out, by its name.
Status verify_needs(const schema::Model& model) noexcept;

/// The error for a feature that was left out.
Status left_out(const char* feature) noexcept;

}  // namespace ringlet
