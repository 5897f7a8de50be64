#include "ringlet/linux/kernels.hpp"

#include "ringlet/linux/failure.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#else
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace ringlet::port {
namespace {

[[maybe_unused]] bool runs_portable() noexcept { return true; }

#if defined(__x86_64__)

/// Conversions of half floats. Not every compiler's __builtin_cpu_supports knows them by name.
bool has_f16c() noexcept {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_F16C) != 0;
}

bool runs_avx2() noexcept {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 && has_f16c();
}

bool runs_avxvnni() noexcept {
  constexpr unsigned avx_vnni = 1U << 4;  // EAX of leaf 7, subleaf 1
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & avx_vnni) != 0 &&
         runs_avx2();
}

bool runs_avx512() noexcept {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512vnni") != 0 && runs_avx2();
}

#elif defined(__aarch64__)

bool runs_neon() noexcept { return (getauxval(AT_HWCAP) & HWCAP_ASIMD) != 0; }
bool runs_dotprod() noexcept { return runs_neon() && (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
bool runs_i8mm() noexcept { return runs_dotprod() && (getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0; }

#elif defined(__arm__)

bool runs_neon() noexcept {
  constexpr unsigned long needed = HWCAP_NEON | HWCAP_VFPv4;
  return (getauxval(AT_HWCAP) & needed) == needed;
}

#endif

/// Fastest first. Each set of ringlet/kernel_sets.h has a function above that looks for its
/// instructions.
#define RINGLET_ROW(name) {name##_kernels, runs_##name},
constexpr InstructionSet sets[] = {
    RINGLET_KERNEL_SETS(RINGLET_ROW){scalar_kernels, []() noexcept { return true; }},
};
#undef RINGLET_ROW

/// "avx2, scalar": the sets that this processor supports.
std::string usable_names() {
  std::string names;
  for (const InstructionSet& set : sets) {
    if (set.runs_here()) names.append(names.empty() ? "" : ", ").append(set.name());
  }
  return names;
}

}  // namespace

std::span<const InstructionSet> instruction_sets() noexcept { return sets; }

const KernelSet& find_kernels(std::string_view name) {
  for (const InstructionSet& set : sets) {
    if (name == "auto" && set.runs_here()) return set.kernels();
    if (name != set.name()) continue;
    if (set.runs_here()) return set.kernels();
    throw Failure("this processor does not run " + std::string(name) + "; it runs " +
                  usable_names());
  }
  throw Failure("this program has no instruction set '" + std::string(name) +
                "'; this processor runs " + usable_names());
}

const KernelSet& best_kernels() noexcept {
  static const KernelSet& best = []() noexcept -> const KernelSet& {
    for (const InstructionSet& set : sets) {
      if (set.runs_here() && passes_self_test(set.kernels())) return set.kernels();
    }
    return scalar_kernels();
  }();
  return best;
}

bool passes_self_test(const KernelSet& kernels) noexcept {
  return self_test(kernels) == self_test(scalar_kernels());
}

}  // namespace ringlet::port
