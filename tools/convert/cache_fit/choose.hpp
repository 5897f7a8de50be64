// Choosing what is done to a layer's keys and values before its cache quantizes them, and the
// formats that it is recommended.
#pragma once

#include <optional>
#include <vector>

#include "cache_fit/attention_error.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// What the user has decided; the rest is measured.
struct CacheOptions {
  std::uint32_t tokens = 512;  // that the model writes to be measured on; 0: nothing is measured
  std::optional<bool> turn_keys = std::nullopt;
  std::optional<bool> turn_values = std::nullopt;
  std::optional<bool> key_bias = std::nullopt;
  std::optional<bool> key_scales = std::nullopt;
  std::optional<KvFormats> formats = std::nullopt;
  bool report = false;

  /// Whether there is something to measure and something to decide by it.
  [[nodiscard]] bool measured() const { return tokens > 0; }
};

/// One way to treat keys, and the error that it leaves in an INT4 cache (see attention_error.hpp).
struct KeyCandidate {
  KeyTransform transform;
  double error = 0;
};

struct LayerChoice {
  KeyTransform keys;
  bool turn_values = false;
  std::vector<KeyNumbers> numbers;       // of each kv head
  std::vector<KeyCandidate> candidates;  // all that were measured
  double value_error[2] = {};            // of values: plain, turned
  double error_int8 = 0;                 // of the choice, both sides
  double error_k8v4 = 0;
  double error_int4 = 0;
};

/// Measures every combination that the options leave open. A transform that costs something at run
/// time has to pay: scales (free) 1 % of the error, turning 5 %, a bias 15 %.
LayerChoice choose_for_layer(const LayerSample& sample, const CacheOptions& options);

/// Makes a layer so.
void apply_choice(const LayerChoice& choice, const Architecture& architecture, SourceLayer& layer);

/// The smallest cache within a mean KL divergence of `limit` from the unquantized one. Where INT4
/// throughout is beyond it, the layers whose error is largest have INT8, as many as the errors say
/// are needed; where no INT4 pays, all have.
std::vector<KvFormats> recommend_formats(const std::vector<LayerChoice>& choices,
                                         double int4_divergence, double int8_divergence,
                                         double limit);

}  // namespace ringlet::convert
