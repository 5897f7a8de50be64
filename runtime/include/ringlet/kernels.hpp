// The instruction-set specific part of the library, chosen by the application.
#pragma once

namespace ringlet {

/// A table of functions for one instruction set (kernels/kernel_set.hpp). All sets give the same
/// bits.
struct KernelSet;

/// The specification: portable C++ that every target can run.
[[nodiscard]] const KernelSet& scalar_kernels() noexcept;

/// The name of a set ("scalar").
[[nodiscard]] const char* name_of(const KernelSet& kernels) noexcept;

}  // namespace ringlet
