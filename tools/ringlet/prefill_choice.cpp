#include "prefill_choice.hpp"

#include <algorithm>
#include <array>

#include "command.hpp"
#include "options.hpp"
#include "parse_values.hpp"
#include "prefill_measured.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/tensor_list.hpp"
#if RINGLET_HAS_XNNPACK
#include "xnnpack/xnnpack_prefill.hpp"
#endif

namespace ringlet::cli {
namespace {

constexpr bool has_xnnpack = RINGLET_HAS_XNNPACK != 0;

/// The format of most weights in the layers.
MatrixFormat main_format(const Model& model) {
  std::array<std::uint64_t, 4> weights{};
  list_tensors(model, [&weights](const TensorInfo& tensor) {
    if (tensor.layer < 0 || !tensor.is_matrix) return;
    weights.at(static_cast<std::size_t>(tensor.format)) +=
        std::uint64_t{tensor.rows} * tensor.columns;
  });
  return static_cast<MatrixFormat>(std::max_element(weights.begin(), weights.end()) -
                                   weights.begin());
}

PrefillChoice choose_by_measurement(const Model& model, const KernelSet& kernels) {
  const MatrixFormat format = main_format(model);
  const std::string here = std::string(name_of(kernels)) + " and " + name_of(format) + " weights";
  for (const MeasuredPrefill& one : measured_prefills) {
    if (one.kernels != name_of(kernels) || one.format != format) continue;
    return {one.take_xnnpack, "with " + here + " " + one.result};
  }
  return {false, "not measured with " + here};
}

}  // namespace

std::vector<std::string> prefill_names() { return {"auto", "ringlet", "xnnpack"}; }

void add_prefill_option(CLI::App& app, SessionOptions& options) {
  add_choice(
      app, "--prefill", options.prefill, prefill_names(),
      "Prefill backend (default: ringlet). auto picks the faster one known for this CPU; xnnpack\n"
      "needs RAM for a copy of the weights and changes the low bits of results.")
      ->group("Memory");
}

PrefillChoice choose_prefill(const std::string& asked, const Model& model,
                             const KernelSet& kernels) {
  if (asked == "xnnpack" && !has_xnnpack) {
    throw UsageError(
        "--prefill: this program was built without XNNPACK; build it where libxnnpack-dev and "
        "libpthreadpool-dev are installed, or take ringlet");
  }
  if (asked != "auto") return {asked == "xnnpack", "asked for"};
  if (!has_xnnpack) return {false, "this program was built without XNNPACK"};
  return choose_by_measurement(model, kernels);
}

#if RINGLET_HAS_XNNPACK

std::uint64_t accelerator_bytes(const PrefillChoice& choice, const Model& model,
                                const Config& config) {
  return choice.xnnpack ? port::xnnpack_bytes(model, config) : 0;
}

std::shared_ptr<void> accelerate(Session& session, const KernelSet& kernels, const Team& team) {
  std::string wrong;
  try {
    auto prefill = std::make_shared<port::XnnpackPrefill>(session.model(), session.config(),
                                                          kernels, session.accelerator_memory());
    wrong = port::set_if_right(session, prefill->accelerator(), kernels, team,
                               port::XnnpackPrefill::tolerances());
    if (wrong.empty()) return prefill;
    wrong = "XNNPACK multiplies " + wrong + " wrongly on this machine";
  } catch (const port::Failure& failure) {
    wrong = failure.what();
  }
  print_note("ringlet: " + wrong + "; using ringlet's own kernels", false);
  return nullptr;
}

#else

std::uint64_t accelerator_bytes(const PrefillChoice&, const Model&, const Config&) { return 0; }

std::shared_ptr<void> accelerate(Session&, const KernelSet&, const Team&) { return nullptr; }

#endif

}  // namespace ringlet::cli
