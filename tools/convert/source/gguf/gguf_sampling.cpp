#include "source/gguf/gguf_sampling.hpp"

#include <optional>
#include <variant>

#include "source/errors.hpp"
#include "source/sampling_defaults.hpp"

namespace ringlet::convert {
namespace {

/// An integer or a real number.
std::optional<double> number_of(const GgufMetadata& metadata, const char* key) {
  const GgufValue* value = metadata.find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* whole = std::get_if<GgufInteger>(value)) {
    const auto magnitude = static_cast<double>(whole->magnitude);
    return whole->negative ? -magnitude : magnitude;
  }
  const auto* real = std::get_if<double>(value);
  if (real == nullptr) fail(metadata.file_name(), ": ", key, " is not a number");
  return *real;
}

}  // namespace

SamplingDefaults read_gguf_sampling(const GgufMetadata& metadata, std::vector<std::string>& notes) {
  SamplingDefaults sampling;
  (void)read_sampling_settings(
      [&](const SamplingSetting& setting) { return number_of(metadata, setting.gguf); },
      [&](const SamplingSetting& setting) { return metadata.file_name() + ": " + setting.gguf; },
      sampling, notes);
  return sampling;
}

}  // namespace ringlet::convert
