// The line of statistics after `ringlet run`.
#pragma once

#include <string>

#include "options.hpp"
#include "ringlet/session.hpp"
#include "run_report.hpp"

namespace ringlet::cli {

/// What a run did and took. `sampler` is that of the run.
[[nodiscard]] std::string run_summary(const RunReport& report, const LoadedModel& model,
                                      const Session& session, const Sampler& sampler, bool random,
                                      bool keeps_session);

}  // namespace ringlet::cli
