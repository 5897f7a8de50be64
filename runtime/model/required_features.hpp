// Determines which features of the library a model requires, and whether this build has them.
#pragma once

#include <span>

#include "ringlet/status.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {

/// A feature that a model can require. Configurations, not models, require INT4 caches and threads.
struct OptionalFeature {
  const char* name;  // in RINGLET_FEATURES
  bool built;
  bool (*needed)(const schema::Model& model);  // for a model whose tables are verified
};

[[nodiscard]] std::span<const OptionalFeature> optional_features() noexcept;

/// Refuses a model that requires a feature that was left out, by the feature's name.
Status verify_required_features(const schema::Model& model) noexcept;

}  // namespace ringlet
