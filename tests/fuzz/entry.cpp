// libFuzzer's entry. A run that refuses everything or misses its aims (aims.hpp) fails.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "fuzz/aims.hpp"
#include "fuzz/target.hpp"

namespace {

unsigned long inputs = 0, accepted = 0;

void report() {
  std::fprintf(stderr, "%lu inputs, %lu accepted\n", inputs, accepted);
  constexpr unsigned long enough_to_judge = 1000;
  if (inputs < enough_to_judge) return;
  const std::string missed = ringlet::test::missed_aims();
  if (accepted > 0 && missed.empty()) return;
  std::fprintf(stderr, "BLIND: %s\n",
               accepted == 0 ? "every input was refused; are the seeds out of date?"
                             : ("no input has met: " + missed).c_str());
  _exit(EXIT_FAILURE);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (inputs == 0) (void)std::atexit(report);
  ++inputs;
  if (ringlet::test::run_input(std::as_bytes(std::span(data, size))).accepted) ++accepted;
  return 0;
}
