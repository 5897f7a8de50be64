#include "perplexity_report.hpp"

#include <nlohmann/json.hpp>

#include "json_text.hpp"
#include "parse_values.hpp"
#include "ringlet/cache_layout.hpp"

namespace ringlet::cli {
namespace {

nlohmann::ordered_json results_json(const std::vector<Measured>& results) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Measured& result : results) {
    nlohmann::ordered_json row = {{"kv", result.kv},
                                  {"bytes_per_token", result.bytes_per_token},
                                  {"perplexity", result.score.perplexity()},
                                  {"nll", result.score.nll}};
    if (results.size() > 1) {
      row["perplexity_change"] = result.score.perplexity() / results[0].score.perplexity() - 1;
      row["mean_kl"] = result.score.mean_divergence();
      row["mean_kl_standard_error"] = result.score.standard_error();
      row["top1_agreement"] = result.score.agreement();
    }
    rows.push_back(row);
  }
  return rows;
}

std::string describe_protocol(const Protocol& protocol) {
  if (protocol.stream) return ", one stream";
  if (protocol.chunk == 0) return "";
  return ", chunks of " + std::to_string(protocol.chunk);
}

}  // namespace

double bytes_per_token(const Session& session) {
  double bytes = 0;
  for (std::uint32_t i = 0; i < session.model().architecture().layers; ++i) {
    const CacheLayout layout = cache_layout(session.model(), session.config(), i);
    bytes += static_cast<double>(layout.page_bytes) / cache_page_positions;
  }
  return bytes;
}

std::string perplexity_json(const std::string& model, const Config& config,
                            const Protocol& protocol, const std::vector<Measured>& results) {
  const Score& first = results[0].score;
  const nlohmann::ordered_json document = {{"model", model},
                                           {"perplexity", first.perplexity()},
                                           {"nll", first.nll},
                                           {"tokens", first.tokens},
                                           {"texts", protocol.texts},
                                           {"context", config.context},
                                           {"sinks", config.sinks},
                                           {"kv", results[0].kv},
                                           {"hot_window", config.hot_window},
                                           {"stream", protocol.stream},
                                           {"chunk", protocol.chunk},
                                           {"stride", protocol.stride},
                                           {"results", results_json(results)}};
  return json_text(document);
}

std::string perplexity_text(const Config& config, const Protocol& protocol,
                            const std::vector<Measured>& results) {
  const Score& first = results[0].score;
  std::string text = format("perplexity %.4f", first.perplexity()) + " over " +
                     with_commas(first.tokens) + plural(first.tokens, " token") + " of " +
                     with_commas(protocol.texts) + plural(protocol.texts, " text") + " (context " +
                     std::to_string(config.context) + ", kv " + results[0].kv +
                     describe_protocol(protocol) + ")\n";
  if (results.size() > 1) {
    text += format("\n%-10s %14s %12s %10s %12s %12s %10s\n", "kv", "bytes/token", "perplexity",
                   "change", "mean KL", "std. error", "same top-1");
  }
  for (const Measured& result : results) {
    if (results.size() == 1) break;
    const Score& score = result.score;
    text += format("%-10s %14.0f %12.4f %9.3f%% %12.6f %12.6f %9.2f%%\n", result.kv.c_str(),
                   result.bytes_per_token, score.perplexity(),
                   100 * (score.perplexity() / first.perplexity() - 1), score.mean_divergence(),
                   score.standard_error(), 100 * score.agreement());
  }
  return text;
}

}  // namespace ringlet::cli
