// Fits the cache to a model: chooses transforms of keys and values, and the recommended formats.
#pragma once

#include <vector>

#include "cache_fit/choose.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// The measurements, for reports.
struct CacheReport {
  std::vector<LayerChoice> layers;
  CacheDistance int8, k8v4, int4;
};

/// Generates text with `draft`, which was written from the unchanged `source`, measures every layer
/// on it, and changes `source` accordingly.
CacheReport calibrate_cache(const Model& draft, const CacheOptions& options, const Machine& machine,
                            SourceModel& source);

/// Measures the formats on `model`, which was written from the calibrated `source`, and sets the
/// recommended ones in `source`: those in the options, or the smallest within 0.002 nats of the
/// unquantized cache.
void recommend_formats(const Model& model, const CacheOptions& options, const Machine& machine,
                       CacheReport& report, SourceModel& source);

/// Applies the options without measurements: heads are transformed unless the options say
/// otherwise.
void decide_without_measuring(const CacheOptions& options, SourceModel& source);

}  // namespace ringlet::convert
