#include "integer_peak.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "terminal.hpp"

namespace ringlet::port {
namespace {

constexpr int runs = 10;
constexpr std::uint32_t rounds = 1U << 18;

// Eight independent sums, eight times each. In assembly, because a compiler would remove sums that
// nobody reads.
#define RINGLET_EIGHT(instruction)                                                          \
  instruction(0) instruction(1) instruction(2) instruction(3) instruction(4) instruction(5) \
      instruction(6) instruction(7)
#define RINGLET_LOOP(name, text)                 \
  void name() {                                  \
    for (std::uint32_t i = 0; i < rounds; ++i) { \
      asm volatile(text ::: RINGLET_CLOBBERED);  \
    }                                            \
  }
constexpr double instructions_in_round = 8;

/// An instruction to measure: a loop of `rounds` rounds, and the number of products per
/// instruction.
struct Instruction {
  std::string_view set;
  void (*loop)();
  double products;
};

#if defined(__x86_64__)
#define RINGLET_CLOBBERED \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "memory"
#define RINGLET_VPDPBUSD_512(i) "vpdpbusd %%zmm8, %%zmm9, %%zmm" #i "\n\t"
#define RINGLET_VPDPBUSD_256(i) "%{vex%} vpdpbusd %%ymm8, %%ymm9, %%ymm" #i "\n\t"
#define RINGLET_VPMADDUBSW(i) "vpmaddubsw %%ymm8, %%ymm9, %%ymm" #i "\n\t"

RINGLET_LOOP(vpdpbusd_512, RINGLET_EIGHT(RINGLET_VPDPBUSD_512))
RINGLET_LOOP(vpdpbusd_256, RINGLET_EIGHT(RINGLET_VPDPBUSD_256))
RINGLET_LOOP(vpmaddubsw, RINGLET_EIGHT(RINGLET_VPMADDUBSW))
constexpr Instruction instructions[] = {
    {"avx512", vpdpbusd_512, 64}, {"avxvnni", vpdpbusd_256, 32}, {"avx2", vpmaddubsw, 32}};
#elif defined(__aarch64__)
#define RINGLET_CLOBBERED "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "memory"
#define RINGLET_SMMLA(i) "smmla v" #i ".4s, v8.16b, v9.16b\n\t"
#define RINGLET_SDOT(i) "sdot v" #i ".4s, v8.16b, v9.16b\n\t"
#define RINGLET_SMLAL(i) "smlal v" #i ".8h, v8.8b, v9.8b\n\t"

RINGLET_LOOP(smmla, ".arch armv8.6-a+i8mm\n\t" RINGLET_EIGHT(RINGLET_SMMLA))
RINGLET_LOOP(sdot, ".arch armv8.2-a+dotprod\n\t" RINGLET_EIGHT(RINGLET_SDOT))
RINGLET_LOOP(smlal, RINGLET_EIGHT(RINGLET_SMLAL))
constexpr Instruction instructions[] = {
    {"i8mm", smmla, 32}, {"dotprod", sdot, 16}, {"neon", smlal, 8}};
#elif defined(__ARM_NEON)
#define RINGLET_CLOBBERED "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "memory"
#define RINGLET_VMLAL(i) "vmlal.s8 q" #i ", d16, d18\n\t"

RINGLET_LOOP(vmlal, RINGLET_EIGHT(RINGLET_VMLAL))
constexpr Instruction instructions[] = {{"neon", vmlal, 8}};
#else
constexpr Instruction instructions[] = {{"", nullptr, 0}};
#endif

void run_thread(void* argument, std::uint32_t /*thread*/) {
  static_cast<const Instruction*>(argument)->loop();
}

}  // namespace

double integer_peak(const KernelSet& kernels, const Team& team) {
  const auto* found = std::find_if(
      std::begin(instructions), std::end(instructions),
      [&](const Instruction& instruction) { return instruction.set == name_of(kernels); });
  if (found == std::end(instructions)) return 0;
  Instruction instruction = *found;
  std::uint64_t shortest = UINT64_MAX;
  for (int run = 0; run < runs; ++run) {
    const std::uint64_t started = now_nanoseconds();
    team.run(team.user_data, team.threads, run_thread, &instruction);
    shortest = std::min(shortest, now_nanoseconds() - started);
  }
  return rounds * instructions_in_round * instruction.products * team.threads * 1e9 /
         static_cast<double>(std::max<std::uint64_t>(shortest, 1));
}

}  // namespace ringlet::port
