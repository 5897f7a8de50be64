#include "draft_comparison_report.hpp"

#include "bench_report.hpp"
#include "json_text.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"
#include "ringlet/linux/threads.hpp"

namespace ringlet::cli {
namespace {

double share_of(std::uint64_t part, std::uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// "a lookup and small.ringlet, at most 7 tokens a pass as they pay".
std::string describe_drafters(const DraftComparison& comparison) {
  const bool looks_up = comparison.config.lookup_window > 0;
  std::string text = looks_up ? "a lookup" : "";
  if (!comparison.draft_model.empty()) text += (looks_up ? " and " : "") + comparison.draft_model;
  return text + (comparison.draft_tokens ? ", " : ", at most ") +
         std::to_string(comparison.config.draft_tokens) +
         plural(comparison.config.draft_tokens, " token") + " a pass" +
         (comparison.draft_tokens ? "" : " as they pay");
}

std::string comparison_rates(const char* name, const Rate& rate, std::uint64_t ram) {
  return format("%-16s %10.1f %10.1f %14s\n", name, rate.median,
                (rate.maximum - rate.minimum) / 2 / rate.median * 100, with_commas(ram).c_str());
}

}  // namespace

std::string draft_comparison_table(const LoadedModel& model, const DraftComparison& comparison) {
  std::string text =
      measured_model(model) + ", " + std::to_string(comparison.threads) +
      plural(comparison.threads, " thread") + ", kv " + comparison.kv + ", " +
      name_of(*comparison.kernels) + "\n" + with_commas(comparison.tokens) +
      " tokens after a prompt of " + with_commas(comparison.prompt_tokens) + ", " +
      std::to_string(comparison.repetitions) + plural(comparison.repetitions, " pair") +
      "; drafts by " + describe_drafters(comparison) + "\n\n" +
      format("%-16s %10s %10s %14s\n", "", "tok/s", "+/- %", "RAM bytes") +
      comparison_rates("without drafts", comparison.plain, comparison.plain_ram) +
      comparison_rates("with drafts", comparison.drafted, comparison.drafted_ram) +
      format("%-16s %10.2f   median of the pairs, %.2f to %.2f\n", "ratio", comparison.ratio.median,
             comparison.ratio.minimum, comparison.ratio.maximum);
  const port::DraftTuner::Totals& totals = comparison.totals;
  if (totals.drafted == 0)
    return text + "\nnothing drafted: no draft was found, or none would have paid\n";
  return text +
         format("\ndrafts: %.0f %% of %s accepted, %.2f tokens a pass; the text is the same\n",
                100 * share_of(totals.accepted, totals.drafted),
                with_commas(totals.drafted).c_str(), share_of(totals.emitted, totals.rounds));
}

std::string draft_comparison_json(const LoadedModel& model, const DraftComparison& comparison) {
  using Json = nlohmann::ordered_json;
  const port::DraftTuner::Totals& totals = comparison.totals;
  const bool drafted = totals.drafted > 0;
  const Json document = {
      {"model", model.name()},
      {"file_bytes", model.file.bytes().size()},
      {"weights", weights_json(model)},
      {"machine", {{"processors", port::available_processors()}}},
      {"drafts",
       {{"lookup", comparison.config.lookup_window > 0},
        {"draft_model", comparison.draft_model.empty() ? Json() : Json(comparison.draft_model)},
        {"draft_tokens", comparison.draft_tokens ? Json(*comparison.draft_tokens) : Json("auto")},
        {"prompt_tokens", comparison.prompt_tokens},
        {"tokens", comparison.tokens},
        {"context", comparison.config.context},
        {"threads", comparison.threads},
        {"isa", name_of(*comparison.kernels)},
        {"kv", comparison.kv},
        {"repetitions", comparison.repetitions},
        {"same_text", true},
        {"tokens_per_second",
         {{"plain", rate_json(comparison.plain)}, {"drafted", rate_json(comparison.drafted)}}},
        {"ratio", rate_json(comparison.ratio)},
        {"passes", totals.rounds},
        {"drafted", totals.drafted},
        {"accepted", totals.accepted},
        {"acceptance", drafted ? Json(share_of(totals.accepted, totals.drafted)) : Json()},
        {"tokens_per_pass", share_of(totals.emitted, totals.rounds)},
        {"ram_bytes", {{"plain", comparison.plain_ram}, {"drafted", comparison.drafted_ram}}}}}};
  return json_text(document);
}

}  // namespace ringlet::cli
