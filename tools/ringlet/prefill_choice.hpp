// --prefill: the backend for the matrix products of a prompt, the kernels or XNNPACK.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "ringlet/config.hpp"
#include "ringlet/kernels.hpp"
#include "ringlet/model.hpp"
#include "ringlet/session.hpp"

namespace ringlet::cli {

struct SessionOptions;

/// The values of --prefill.
[[nodiscard]] std::vector<std::string> prefill_names();

/// Adds --prefill, which affects the bits of a prompt's results and the memory of a session.
void add_prefill_option(CLI::App& app, SessionOptions& options);

/// The selected backend and the reason.
struct PrefillChoice {
  bool xnnpack = false;  // otherwise the kernels
  std::string reason;

  [[nodiscard]] const char* name() const noexcept { return xnnpack ? "xnnpack" : "ringlet"; }
};

/// Selects the backend for `asked`, one of prefill_names(). "auto" selects XNNPACK if
/// prefill_measured.hpp recommends it for these kernels and the format of most weights. Throws
/// UsageError for "xnnpack" if the program was built without it.
[[nodiscard]] PrefillChoice choose_prefill(const std::string& asked, const Model& model,
                                           const KernelSet& kernels);

/// Bytes that a session must reserve for the backend.
[[nodiscard]] std::uint64_t accelerator_bytes(const PrefillChoice& choice, const Model& model,
                                              const Config& config);

/// Makes XNNPACK multiply in `session` as long as the result lives. If its products are wrong on
/// this machine or it does not run, the kernels remain, with a note on standard error.
[[nodiscard]] std::shared_ptr<void> accelerate(Session& session, const KernelSet& kernels,
                                               const Team& team);

}  // namespace ringlet::cli
