// Reports about a conversion.
#pragma once

#include <optional>
#include <string>

#include "cache_fit/calibrate.hpp"
#include "calibrate/compare_models.hpp"
#include "convert.hpp"
#include "source/source_model.hpp"
#include "write/write_model.hpp"

namespace ringlet::convert {

/// Prints one line on standard error.
void print_tensor(const TensorReport& tensor);

/// Prints errors by class of tensor and the totals on standard error.
void print_summary(const SourceModel& source, const WriteReport& report,
                   const ConvertOptions& options, double seconds,
                   const std::optional<ModelComparison>& measured);

/// Prints the same data as one JSON document on standard output (keys: README.md).
void print_json(const SourceModel& source, const WriteReport& report,
                const std::optional<CacheReport>& cache, const ConvertOptions& options,
                double seconds, const std::optional<ModelComparison>& measured);

}  // namespace ringlet::convert
