#include "bench_text.hpp"

#include <algorithm>
#include <utility>

#include "command.hpp"
#include "parse_values.hpp"

namespace ringlet::cli {

bool was_given(const CLI::App& app, const char* option) {
  return app.get_option(option)->count() != 0;
}

void require_one_text(const CLI::App& app, const BenchPlan& plan, const std::string& mode) {
  for (const char* option : {"-p", "--depth"}) {
    if (!was_given(app, option)) continue;
    throw UsageError(std::string(option) + " and " + mode +
                     " exclude each other: the text begins with its first token; leave one of "
                     "them out");
  }
  require_one_measurement_of(app, plan, mode);
}

void require_one_measurement_of(const CLI::App& app, const BenchPlan& plan,
                                const std::string& mode) {
  if (was_given(app, "--pass-tokens")) {
    throw UsageError("--pass-tokens and " + mode +
                     " exclude each other: they are two measurements; leave one of them out");
  }
  for (const std::string& prefill : plan.prefill) {
    if (prefill == "ringlet") continue;
    throw UsageError(
        format("--prefill %s and %s exclude each other: XNNPACK computes other bits; leave one of "
               "them out",
               prefill.c_str(), mode.c_str()));
  }
  const std::pair<const char*, std::size_t> counts[] = {{"-n", plan.tokens.size()},
                                                        {"--threads", plan.threads.size()},
                                                        {"--kv", plan.kv.size()},
                                                        {"--prefill", plan.prefill.size()}};
  for (const auto& [option, count] : counts) {
    if (count <= 1) continue;
    throw UsageError(std::string(option) + ": " + mode + " takes one value (got " +
                     std::to_string(count) + ")");
  }
}

SessionOptions text_session_options(const BenchOptions& options, const Model& model) {
  SessionOptions result = options.session;
  result.kv = options.plan.kv.front();
  result.threads =
      options.plan.threads.empty()
          ? std::min(port::default_threads(model.bytes().size()), port::available_processors())
          : options.plan.threads.front();
  return result;
}

}  // namespace ringlet::cli
