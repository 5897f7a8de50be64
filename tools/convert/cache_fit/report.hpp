// Reports about the cache fitted to a model.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "cache_fit/calibrate.hpp"

namespace ringlet::convert {

/// Prints one line on standard error.
void print_cache_summary(const CacheReport& report, const SourceModel& source);

/// Prints the errors of every layer with every transform on standard error.
void print_cache_report(const CacheReport& report, const SourceModel& source);

/// The same data for print_json (keys: README.md).
nlohmann::ordered_json describe_cache(const CacheReport& report, const SourceModel& source);

}  // namespace ringlet::convert
