#include "without_cache_report.hpp"

#include <numeric>

#include "json_text.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"
#include "ringlet/linux/threads.hpp"

namespace ringlet::cli {
namespace {

std::string comparison_row(const CacheComparison& comparison, std::size_t tokens) {
  const double cached = comparison.cached[tokens - 1];
  const double recomputed = comparison.recomputed[tokens - 1];
  const double all_cached = total_seconds(std::span(comparison.cached).first(tokens));
  const double all_recomputed = total_seconds(std::span(comparison.recomputed).first(tokens));
  return format("%8zu %12.3f %12.3f %8.1f %14.1f %12.1f %8.1f\n", tokens, 1e3 * cached,
                1e3 * recomputed, recomputed / cached, 1e3 * all_cached, 1e3 * all_recomputed,
                all_recomputed / all_cached);
}

}  // namespace

std::string settings_of(const CacheComparison& comparison) {
  return std::to_string(comparison.threads) + plural(comparison.threads, " thread") + ", kv " +
         comparison.kv + ", " + name_of(*comparison.kernels) + ", chunks of " +
         std::to_string(comparison.config.prefill_chunk);
}

std::string without_cache_table(const LoadedModel& model, const CacheComparison& comparison) {
  const std::size_t tokens = comparison.cached.size();
  std::string text = measured_model(model) + ", " + settings_of(comparison) + "\n\n" +
                     format("%8s %34s %36s\n", "", "this token, ms", "text up to it, ms") +
                     format("%8s %12s %12s %8s %14s %12s %8s\n", "position", "with cache",
                            "without", "ratio", "with cache", "without", "ratio");
  for (std::size_t row = 1; row < tokens; row *= 2) text += comparison_row(comparison, row);
  text += comparison_row(comparison, tokens);
  return text + "\nAll " + with_commas(comparison.logits) + " logits of the " +
         with_commas(tokens) + plural(tokens, " position") +
         " have the same bits with and without the cache.\n";
}

std::string without_cache_json(const LoadedModel& model, const CacheComparison& comparison) {
  const double cached = total_seconds(comparison.cached);
  const double recomputed = total_seconds(comparison.recomputed);
  const nlohmann::ordered_json document = {
      {"model", model.name()},
      {"file_bytes", model.file.bytes().size()},
      {"weights", weights_json(model)},
      {"machine", {{"processors", port::available_processors()}}},
      {"without_cache",
       {{"tokens", comparison.cached.size()},
        {"context", comparison.config.context},
        {"threads", comparison.threads},
        {"isa", name_of(*comparison.kernels)},
        {"kv", comparison.kv},
        {"prefill_chunk", comparison.config.prefill_chunk},
        {"repetitions", comparison.repetitions},
        {"logits_compared", comparison.logits},
        {"same_bits", true},
        {"seconds", {{"cached", cached}, {"recomputed", recomputed}}},
        {"ratio", recomputed / cached},
        {"best_token_seconds",
         {{"cached", comparison.cached}, {"recomputed", comparison.recomputed}}}}}};
  return json_text(document);
}

}  // namespace ringlet::cli
