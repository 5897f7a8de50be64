// Fitting the cache to a model: what is done to keys and values, and which formats it recommends.
#pragma once

#include <vector>

#include "cache_fit/choose.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// What was measured, for reports.
struct CacheReport {
  std::vector<LayerChoice> layers;
  CacheDistance int8, k8v4, int4;
};

/// Has `draft`, which was written from `source` as it is, tell itself a text, measures every layer
/// on it, and changes `source` accordingly.
CacheReport calibrate_cache(const Model& draft, const CacheOptions& options, const Machine& machine,
                            SourceModel& source);

/// Measures the formats on `model`, which was written from the calibrated `source`, and sets the
/// recommended ones there: those that the options name, or the smallest within 0.002 nats of the
/// unquantized cache.
void recommend_formats(const Model& model, const CacheOptions& options, const Machine& machine,
                       CacheReport& report, SourceModel& source);

/// What the options demand where nothing is measured: heads turned unless they say otherwise.
void decide_without_measuring(const CacheOptions& options, SourceModel& source);

}  // namespace ringlet::convert
