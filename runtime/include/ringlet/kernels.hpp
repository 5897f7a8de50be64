// Kernel sets: the part of the library that is specific to an instruction set. The application
// chooses one.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

#include "ringlet/kernel_sets.h"

namespace ringlet {

/// An opaque table of kernels for one instruction set. All sets compute the same bits.
struct KernelSet;

/// The reference implementation in portable C++, which runs on every target.
[[nodiscard]] const KernelSet& scalar_kernels() noexcept;

// Kernel sets that need particular instructions, such as avx2_kernels(). ringlet/kernel_sets.h
// lists those that a build for this architecture defines. The application must check that the
// processor supports the instructions; on Linux, port::best_kernels() (ringlet/linux/kernels.hpp)
// does so.
#define RINGLET_DECLARE_SET(name) [[nodiscard]] const KernelSet& name##_kernels() noexcept;
RINGLET_KERNEL_SETS(RINGLET_DECLARE_SET)
#undef RINGLET_DECLARE_SET

/// The best set that every processor of the build's target supports; firmware uses this one.
[[nodiscard]] const KernelSet& baseline_kernels() noexcept;

/// Name of a kernel set ("scalar").
[[nodiscard]] const char* name_of(const KernelSet& kernels) noexcept;

/// Runs every kernel of a set on fixed data and returns a hash of the results. The hash is the same
/// for all sets unless the compiler, processor or emulator is faulty. Takes about 100 microseconds
/// and 16 KiB of stack, 32 KiB with i8mm.
[[nodiscard]] std::uint64_t self_test(const KernelSet& kernels) noexcept;

}  // namespace ringlet
