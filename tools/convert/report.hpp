// What the program tells about a conversion.
#pragma once

#include <optional>
#include <string>

#include "cache_fit/calibrate.hpp"
#include "convert.hpp"
#include "source_model.hpp"
#include "write_model.hpp"

namespace ringlet::convert {

/// "1234567" as "1,234,567".
std::string with_commas(std::uint64_t number);

/// The source and its architecture, on standard error.
void print_source(const SourceModel& source);

/// One line on standard error.
void print_tensor(const TensorReport& tensor);

/// What a text costs before and after quantization.
struct PerplexityReport {
  std::string text;
  double unquantized = 0;
  double converted = 0;
};

/// Errors by class of tensor and the totals, on standard error.
void print_summary(const SourceModel& source, const WriteReport& report,
                   const ConvertOptions& options, double seconds,
                   const std::optional<PerplexityReport>& perplexity);

/// The same as one JSON document on standard output (keys: README.md).
void print_json(const SourceModel& source, const WriteReport& report,
                const std::optional<CacheReport>& cache, const ConvertOptions& options,
                double seconds, const std::optional<PerplexityReport>& perplexity);

}  // namespace ringlet::convert
