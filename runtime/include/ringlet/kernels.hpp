// The instruction-set specific part of the library, chosen by the application.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

namespace ringlet {

/// A table of functions for one instruction set (kernels/kernel_set.hpp). All sets give the same
/// bits.
struct KernelSet;

/// The specification: portable C++ that every target can run.
[[nodiscard]] const KernelSet& scalar_kernels() noexcept;

// Sets for instructions that not every processor of a family has. Each is declared everywhere and
// defined where it can be compiled; the application finds out whether the processor can run it
// (ports/linux/isa.hpp does).
[[nodiscard]] const KernelSet& avx2_kernels() noexcept;     // x86-64: AVX2, FMA, F16C
[[nodiscard]] const KernelSet& avxvnni_kernels() noexcept;  // x86-64: the same and AVX-VNNI
[[nodiscard]] const KernelSet& avx512_kernels() noexcept;   // x86-64: AVX-512 F, BW, DQ, VL, VNNI
[[nodiscard]] const KernelSet& neon_kernels() noexcept;     // aarch64; armv7 with NEON and VFPv4
[[nodiscard]] const KernelSet& dotprod_kernels() noexcept;  // aarch64: SDOT
[[nodiscard]] const KernelSet& i8mm_kernels() noexcept;     // aarch64: SDOT, SMMLA
[[nodiscard]] const KernelSet& helium_kernels() noexcept;   // Cortex-M: Helium with floats
[[nodiscard]] const KernelSet& dsp_kernels() noexcept;      // Cortex-M: DSP extension

/// The name of a set ("scalar").
[[nodiscard]] const char* name_of(const KernelSet& kernels) noexcept;

/// Runs every function of a set on fixed data and hashes the results: equal for all sets, unless
/// the compiler, the processor or an emulator does not keep its word. Takes some 100 microseconds
/// and 16 KiB of stack.
[[nodiscard]] std::uint64_t self_test(const KernelSet& kernels) noexcept;

}  // namespace ringlet
