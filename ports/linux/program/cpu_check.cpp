// Refuses to start where the processor lacks an instruction that the rest of the program is
// compiled with. This file alone is compiled without it, and runs before every other constructor of
// the program.
#if defined(__x86_64__)
#include <unistd.h>

#include <string_view>

namespace {

[[gnu::constructor(101)]] void check_processor() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("fma") != 0 && __builtin_cpu_supports("avx") != 0) return;
  constexpr std::string_view line =
      "ringlet: this processor has no fused multiply-add (FMA3), which exact results need; "
      "any x86-64 processor since 2013 has it\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
  _exit(1);
}

}  // namespace
#endif
