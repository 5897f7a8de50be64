// Apart from kernel_set.cpp, so that a program with other kernels is not linked with these. Tested
// in kernel_sets_test.cpp.
#include "ringlet/kernels.hpp"

#include <string_view>

namespace ringlet {
namespace {

/// Whether the build compiled a set; `RINGLET_BUILT_SETS` lists them, each between commas.
[[maybe_unused]] consteval bool is_built(std::string_view set) {
  const std::string_view sets = RINGLET_BUILT_SETS;
  for (std::size_t begin = sets.find(set); begin != sets.npos; begin = sets.find(set, begin + 1)) {
    if (sets[begin - 1] == ',' && sets[begin + set.size()] == ',') return true;
  }
  return false;
}

// The list goes by the compiler's macros, the build by CMAKE_SYSTEM_PROCESSOR.
#define RINGLET_CHECK_SET(name)                                                             \
  static_assert(is_built(#name),                                                            \
                "this compiler's options enable the kernel set '" #name                     \
                "', which the build left out: set CMAKE_SYSTEM_PROCESSOR in the toolchain " \
                "file to a processor of runtime/kernels/" #name "/set.cmake");
RINGLET_KERNEL_SETS(RINGLET_CHECK_SET)
#undef RINGLET_CHECK_SET

}  // namespace

#define RINGLET_RETURN_SET(name) return name##_kernels();
const KernelSet& baseline_kernels() noexcept { RINGLET_BASELINE_SET(RINGLET_RETURN_SET) }
#undef RINGLET_RETURN_SET

}  // namespace ringlet
