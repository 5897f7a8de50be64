// The sets of this program, best first, and whether each gives the bits of scalar. The first one is
// asked for by its C name too.
#include <cstdio>

#include "ringlet/linux/kernels.hpp"
#include "ringlet/ringlet.h"

int main() {
  using namespace ringlet;
  for (const port::InstructionSet& set : port::instruction_sets()) {
    const bool runs = set.runs_here();
    const char* state = !runs                                   ? "does not run here"
                        : port::passes_self_test(set.kernels()) ? "equals scalar"
                                                                : "differs from scalar";
    std::printf("%s %s\n", name_of(set.kernels()), state);
  }
  std::printf("C: %s\n", ringlet_kernels_name(ringlet_kernels_toy()));
}
