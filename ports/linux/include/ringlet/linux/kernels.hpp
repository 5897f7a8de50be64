// Selects the kernel set for this processor.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ringlet/kernels.hpp"

namespace ringlet::port {

/// Returns the fastest kernel set that this processor supports and that passes the self-test. Pass
/// it to Session::create unless the user asks for another. The first call takes up to a
/// millisecond.
[[nodiscard]] const KernelSet& best_kernels() noexcept;

/// A kernel set of this program, with a check of the processor.
struct InstructionSet {
  /// Returns the set.
  const KernelSet& (*kernels)() noexcept;
  /// Returns whether the processor supports its instructions.
  bool (*runs_here)() noexcept;

  [[nodiscard]] std::string_view name() const noexcept { return name_of(kernels()); }
};

/// The kernel sets of this program, fastest first. The last one is scalar, which runs everywhere.
[[nodiscard]] std::span<const InstructionSet> instruction_sets() noexcept;

/// Returns the set with this name, or the fastest that this processor supports for "auto". Throws
/// Failure, with the usable names, if the program does not contain the set or the processor does
/// not support it.
[[nodiscard]] const KernelSet& find_kernels(std::string_view name);

/// Whether a set computes the same bits as the scalar kernels here. Takes about a quarter of a
/// millisecond.
[[nodiscard]] bool passes_self_test(const KernelSet& kernels) noexcept;

}  // namespace ringlet::port
