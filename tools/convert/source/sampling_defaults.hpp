// Sampling defaults of a source: the part that the readers of all kinds of sources share.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ringlet/model.hpp"

namespace ringlet::convert {

/// A setting with its names in sources and the range that Model::open accepts.
struct SamplingSetting {
  const char* hugging_face;
  const char* gguf;
  bool (*is_valid)(double);
  void (*set)(SamplingDefaults&, double);
};

/// Sets each setting for which `value_of` returns a number, and returns whether there was any. A
/// value outside its range is omitted, with a line in `notes` that begins with `name_of` the
/// setting.
bool read_sampling_settings(
    const std::function<std::optional<double>(const SamplingSetting&)>& value_of,
    const std::function<std::string(const SamplingSetting&)>& name_of, SamplingDefaults& sampling,
    std::vector<std::string>& notes);

/// A number as shown in messages.
std::string written(double value);

}  // namespace ringlet::convert
