#include "bench_report.hpp"
#include "json_text.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"
#include "pool_comparison.hpp"
#include "ringlet/linux/threads.hpp"

namespace ringlet::cli {

std::string pool_comparison_table(const LoadedModel& model, const PoolComparison& comparison) {
  std::string text = measured_model(model) + ", " + std::to_string(comparison.threads) +
                     plural(comparison.threads, " thread") + ", kv " + comparison.kv + ", " +
                     name_of(*comparison.kernels) + ", context " +
                     with_commas(comparison.config.context) + "\n" +
                     with_commas(comparison.tokens) + plural(comparison.tokens, " token") +
                     " of each session after " + with_commas(comparison.depth);
  if (comparison.prefix_tokens > 0) {
    text += " and a prefix of " + with_commas(comparison.prefix_tokens);
  }
  text += "; " + std::to_string(comparison.repetitions) + plural(comparison.repetitions, " pair") +
          "\n\n" +
          format("%8s %14s %14s %8s %14s %14s %14s\n", "sessions", "one pass tok/s",
                 "in turn tok/s", "ratio", "from - to", "pool bytes", "sessions alone");
  for (const PoolResult& result : comparison.results) {
    const std::string range = format("%.2f - %.2f", result.ratio.minimum, result.ratio.maximum);
    text += format("%8u %14.1f %14.1f %8.2f %14s %14s %14s\n", result.sessions,
                   result.together.median, result.alone.median, result.ratio.median, range.c_str(),
                   with_commas(result.pool_bytes).c_str(), with_commas(result.alone_bytes).c_str());
  }
  return text + "\nAll logits have the same bits both ways.\n";
}

std::string pool_comparison_json(const LoadedModel& model, const PoolComparison& comparison) {
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  for (const PoolResult& result : comparison.results) {
    results.push_back(
        {{"sessions", result.sessions},
         {"tokens_per_second",
          {{"one_pass", rate_json(result.together)}, {"in_turn", rate_json(result.alone)}}},
         {"ratio", rate_json(result.ratio)},
         {"ram_bytes", {{"pool", result.pool_bytes}, {"sessions_alone", result.alone_bytes}}}});
  }
  const nlohmann::ordered_json document = {
      {"model", model.name()},
      {"file_bytes", model.file.bytes().size()},
      {"weights", weights_json(model)},
      {"machine", {{"processors", port::available_processors()}}},
      {"pool",
       {{"context", comparison.config.context},
        {"threads", comparison.threads},
        {"isa", name_of(*comparison.kernels)},
        {"kv", comparison.kv},
        {"depth", comparison.depth},
        {"prefix_tokens", comparison.prefix_tokens},
        {"tokens", comparison.tokens},
        {"repetitions", comparison.repetitions},
        {"same_bits", true},
        {"results", results}}}};
  return json_text(document);
}

}  // namespace ringlet::cli
