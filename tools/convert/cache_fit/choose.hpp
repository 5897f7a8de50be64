// Chooses the transforms of a layer's keys and values before quantization, and its recommended
// formats.
#pragma once

#include <optional>
#include <vector>

#include "cache_fit/attention_error.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// The user's decisions. Everything else is measured.
struct CacheOptions {
  std::uint32_t tokens = 512;  // generated tokens to measure on; 0: no measurement
  std::optional<bool> hadamard_keys = std::nullopt;
  std::optional<bool> hadamard_values = std::nullopt;
  std::optional<bool> key_bias = std::nullopt;
  std::optional<bool> key_scales = std::nullopt;
  std::optional<KvFormats> formats = std::nullopt;
  bool report = false;

  /// Whether to generate text and decide by measurements.
  [[nodiscard]] bool measured() const { return tokens > 0; }
};

/// One transform of keys, and the error that it leaves in an INT4 cache (see attention_error.hpp).
struct KeyCandidate {
  KeyTransform transform;
  double error = 0;
};

struct LayerChoice {
  KeyTransform keys;
  bool hadamard_values = false;
  std::vector<KeyNumbers> numbers;       // one per kv head
  std::vector<KeyCandidate> candidates;  // all measured ones
  double value_error[2] = {};            // of values: plain, transformed
  double error_int8 = 0;                 // of the choice, for both sides
  double error_k8v4 = 0;
  double error_int4 = 0;
};

/// Measures every combination that the options leave open. A transform must reduce the error to be
/// chosen: scales (free) by 1 %, the Hadamard transform by 5 %, a bias by 15 %.
LayerChoice choose_for_layer(const LayerSample& sample, const CacheOptions& options);

/// Applies the choice to a layer.
void apply_choice(const LayerChoice& choice, const Architecture& architecture, SourceLayer& layer);

/// Returns the smallest cache within a mean KL divergence of `limit` from the unquantized one. If
/// INT4 throughout exceeds it, the layers with the largest errors get INT8, as many as the errors
/// require. If no INT4 pays off, all layers get INT8.
std::vector<KvFormats> recommend_formats(const std::vector<LayerChoice>& choices,
                                         double int4_divergence, double int8_divergence,
                                         double limit);

}  // namespace ringlet::convert
