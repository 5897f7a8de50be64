#include "run_summary.hpp"

#include "parse_values.hpp"
#include "place_weights.hpp"

namespace ringlet::cli {
namespace {

double milliseconds(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

}  // namespace

std::string run_summary(const RunReport& report, const LoadedModel& model, const Session& session,
                        const Sampler& sampler, bool random, bool keeps_session) {
  std::string line = "prompt " + std::to_string(report.prompt_tokens) +
                     plural(report.prompt_tokens, " token") +
                     rate(report.prompt_tokens, report.prompt_nanoseconds);
  line += " | generated " + std::to_string(report.generated_tokens) +
          plural(report.generated_tokens, " token") +
          rate(report.latencies.count(), report.generation_nanoseconds);
  if (report.generated_tokens > 0) {
    line += format(" | first token after %.2f ms", milliseconds(report.first_token_nanoseconds));
  }
  if (report.latencies.count() > 0) {
    line += format(" | per token p50 %.2f ms, p99 %.2f ms",
                   milliseconds(report.latencies.quantile(0.5)),
                   milliseconds(report.latencies.quantile(0.99)));
  }
  if (keeps_session) {
    line +=
        " | session of " + with_commas(session.position()) + plural(session.position(), " token");
  }
  line += " | RAM " + human_bytes(session.memory_plan().total()) + weights_note(model);
  if (random) line += " | seed " + std::to_string(sampler.state().seed);
  return line;
}

}  // namespace ringlet::cli
