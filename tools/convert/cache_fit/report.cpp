#include "cache_fit/report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

namespace ringlet::convert {
namespace {

std::string name_of_transform(KeyTransform t) {
  std::string name;
  const auto add = [&](bool is, const char* part) {
    if (!is) return;
    if (!name.empty()) name += '+';
    name += part;
  };
  add(t.bias, "bias");
  add(t.scales, "scales");
  add(t.hadamard, "hadamard");
  return name.empty() ? "plain" : name;
}

std::string name_of_formats(KvFormats formats) {
  if (formats.keys == formats.values) return name_of(formats.keys);
  return "k8v4";
}

double percent(double energy_ratio) { return 100 * std::sqrt(energy_ratio); }

/// Number of pairs and single dimensions with a bias, over all kv heads.
std::size_t biased_dimensions(const LayerChoice& choice) {
  std::size_t count = 0;
  for (const KeyNumbers& head : choice.numbers) {
    count += static_cast<std::size_t>(
        std::count_if(head.bias.begin(), head.bias.end(), [](float b) { return b != 0; }));
  }
  return count;
}

void print_distance(const char* name, const CacheDistance& distance) {
  std::fprintf(stderr, "  %-5s KL divergence %.6f nats, likeliest token the same %.2f %%\n", name,
               distance.divergence, 100 * distance.agreement);
}

nlohmann::ordered_json describe(const CacheDistance& distance) {
  return {{"kl_divergence", distance.divergence}, {"top1_agreement", distance.agreement}};
}

}  // namespace

void print_cache_summary(const CacheReport& report, const SourceModel& source) {
  std::size_t bias = 0;
  std::size_t scales = 0;
  std::size_t keys = 0;
  std::size_t values = 0;
  std::size_t int4 = 0;
  for (std::size_t i = 0; i < report.layers.size(); ++i) {
    const LayerChoice& layer = report.layers[i];
    bias += layer.keys.bias ? 1U : 0U;
    scales += layer.keys.scales ? 1U : 0U;
    keys += layer.keys.hadamard ? 1U : 0U;
    values += layer.hadamard_values ? 1U : 0U;
    int4 += source.layers[i].kv.values == KvFormat::int4 ? 1U : 0U;
  }
  std::fprintf(
      stderr,
      "  cache of %zu layers: keys with a bias in %zu, scaled in %zu, Hadamard in %zu; values "
      "Hadamard in %zu; INT4 recommended for %zu (KL divergence: INT8 %.5f, INT4 %.5f)\n",
      report.layers.size(), bias, scales, keys, values, int4, report.int8.divergence,
      report.int4.divergence);
}

void print_cache_report(const CacheReport& report, const SourceModel& source) {
  std::fprintf(stderr, "error of a layer's attention with INT4 keys (then values) alone, rms:\n");
  for (std::size_t i = 0; i < report.layers.size(); ++i) {
    const LayerChoice& layer = report.layers[i];
    std::fprintf(stderr, "  layer %-3zu keys", i);
    for (const KeyCandidate& candidate : layer.candidates) {
      std::fprintf(stderr, "  %s%s %.2f %%", name_of_transform(candidate.transform).c_str(),
                   candidate.transform == layer.keys ? "*" : "", percent(candidate.error));
    }
    std::fprintf(stderr, "\n            values  plain%s %.2f %%  hadamard%s %.2f %%\n",
                 layer.hadamard_values ? "" : "*", percent(layer.value_error[0]),
                 layer.hadamard_values ? "*" : "", percent(layer.value_error[1]));
    std::fprintf(stderr,
                 "            as chosen  int8 %.2f %%  k8v4 %.2f %%  int4 %.2f %%, %zu dimensions "
                 "with a bias, recommended %s\n",
                 percent(layer.error_int8), percent(layer.error_k8v4), percent(layer.error_int4),
                 biased_dimensions(layer), name_of_formats(source.layers[i].kv).c_str());
  }
  std::fprintf(stderr, "distance from an unquantized cache, on the model's own text:\n");
  print_distance("int8", report.int8);
  print_distance("k8v4", report.k8v4);
  print_distance("int4", report.int4);
}

nlohmann::ordered_json describe_cache(const CacheReport& report, const SourceModel& source) {
  nlohmann::ordered_json document = {{"int8", describe(report.int8)},
                                     {"k8v4", describe(report.k8v4)},
                                     {"int4", describe(report.int4)}};
  auto& layers = document["layers"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < report.layers.size(); ++i) {
    const LayerChoice& layer = report.layers[i];
    nlohmann::ordered_json candidates;
    for (const KeyCandidate& candidate : layer.candidates) {
      candidates[name_of_transform(candidate.transform)] = candidate.error;
    }
    layers.push_back(
        {{"recommended", name_of_formats(source.layers[i].kv)},
         {"keys", name_of_transform(layer.keys)},
         {"biased_dimensions", biased_dimensions(layer)},
         {"hadamard_values", layer.hadamard_values},
         {"key_errors", std::move(candidates)},
         {"value_errors", {{"plain", layer.value_error[0]}, {"hadamard", layer.value_error[1]}}},
         {"errors",
          {{"int8", layer.error_int8}, {"k8v4", layer.error_k8v4}, {"int4", layer.error_int4}}}});
  }
  return document;
}

}  // namespace ringlet::convert
