// --prefill: what multiplies the matrices of a prompt, the kernels or XNNPACK.
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

/// What --prefill takes.
[[nodiscard]] std::vector<std::string> prefill_names();

/// Adds --prefill, which changes the bits of a prompt's results and the memory of a session.
void add_prefill_option(CLI::App& app, SessionOptions& options);

/// What it comes to, and why.
struct PrefillChoice {
  bool xnnpack = false;  // otherwise the kernels
  std::string reason;

  [[nodiscard]] const char* name() const noexcept { return xnnpack ? "xnnpack" : "ringlet"; }
};

/// `asked` is one of prefill_names(). "auto" takes XNNPACK where prefill_measured.hpp says so for
/// these kernels and the format of most of the model's weights. Throws UsageError for "xnnpack"
/// where the program was built without it.
[[nodiscard]] PrefillChoice choose_prefill(const std::string& asked, const Model& model,
                                           const KernelSet& kernels);

/// What a session has to set aside for the choice.
[[nodiscard]] std::uint64_t accelerator_bytes(const PrefillChoice& choice, const Model& model,
                                              const Config& config);

/// Has XNNPACK multiply in `session`, for as long as the result lives. Where its products are wrong
/// on this machine, or it does not run, the kernels go on, with a note on standard error.
[[nodiscard]] std::shared_ptr<void> accelerate(Session& session, const KernelSet& kernels,
                                               const Team& team);

}  // namespace ringlet::cli
