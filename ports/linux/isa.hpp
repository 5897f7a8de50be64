// Which instruction sets this program has kernels for, and which of them this processor runs.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ringlet/kernels.hpp"

namespace ringlet::port {

struct InstructionSet {
  const KernelSet& (*kernels)() noexcept;
  bool (*runs_here)() noexcept;

  [[nodiscard]] std::string_view name() const noexcept { return name_of(kernels()); }
};

/// The sets of this program, best first; the last is scalar, which runs everywhere.
[[nodiscard]] std::span<const InstructionSet> instruction_sets() noexcept;

/// The set of that name, or the best that this processor runs for "auto". Throws Failure where
/// the program does not have it or the processor does not run it, naming those that would do.
[[nodiscard]] const KernelSet& find_kernels(std::string_view name);

/// Whether a set gives the bits of the scalar kernels here (about a quarter of a millisecond).
[[nodiscard]] bool passes_self_test(const KernelSet& kernels) noexcept;

}  // namespace ringlet::port
