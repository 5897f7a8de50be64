// What the program tells about the cache that it fitted to a model.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "cache_fit/calibrate.hpp"

namespace ringlet::convert {

/// One line on standard error.
void print_cache_summary(const CacheReport& report, const SourceModel& source);

/// The errors of every layer under every treatment, on standard error.
void print_cache_report(const CacheReport& report, const SourceModel& source);

/// The same for print_json (keys: README.md).
nlohmann::ordered_json describe_cache(const CacheReport& report, const SourceModel& source);

}  // namespace ringlet::convert
