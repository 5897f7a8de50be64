// The stack that a thread of a team needs, as promised in team.hpp.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

/// A team of one thread, which works on a separate painted stack. No thread is started for it: a C
/// library's own work on a thread's stack before and after can go deeper than the work.
class PaintedTeam {
 public:
  PaintedTeam()
      : stack_(static_cast<std::byte*>(
            mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    // What stands on every such stack: where to go when the work returns.
    run(
        this, 1, [](void*, std::uint32_t) {}, nullptr);
    idle_ = deepest_;
  }
  ~PaintedTeam() { munmap(stack_, size); }
  PaintedTeam(const PaintedTeam&) = delete;
  PaintedTeam& operator=(const PaintedTeam&) = delete;

  [[nodiscard]] Team team() { return {.threads = 1, .user_data = this, .run = &PaintedTeam::run}; }

  /// Of any work so far.
  [[nodiscard]] std::size_t bytes_needed() const { return deepest_ - idle_; }

 private:
  static constexpr std::size_t size = std::size_t{1} << 20;
  static constexpr std::byte paint{0xA5};

  struct Call {
    Team::Work work;
    void* argument;
  };
  // makecontext() passes integers only.
  static inline Call call{};

  static void run(void* user_data, std::uint32_t, Team::Work work, void* argument) {
    auto& team = *static_cast<PaintedTeam*>(user_data);
    std::memset(team.stack_, static_cast<int>(paint), size);
    call = {work, argument};
    ucontext_t caller;
    ucontext_t thread;
    ASSERT_EQ(getcontext(&thread), 0);
    thread.uc_stack.ss_sp = team.stack_;
    thread.uc_stack.ss_size = size;
    thread.uc_link = &caller;
    makecontext(
        &thread, [] { call.work(call.argument, 0); }, 0);
    ASSERT_EQ(swapcontext(&caller, &thread), 0);
    const std::byte* end = team.stack_ + size;
    const std::byte* used =
        std::find_if(team.stack_, team.stack_ + size, [](std::byte b) { return b != paint; });
    team.deepest_ = std::max(team.deepest_, static_cast<std::size_t>(end - used));
  }

  std::byte* stack_;
  std::size_t deepest_ = 0, idle_ = 0;
};

TEST(ThreadStack, IsMeasuredByTheFramesOfTheWork) {
  PaintedTeam painted;
  const Team team = painted.team();
  EXPECT_EQ(painted.bytes_needed(), 0U);
  const auto work = [](void*, std::uint32_t) {
    volatile std::byte frame[3000];
    for (volatile std::byte& byte : frame) byte = std::byte{1};
  };
  team.run(team.user_data, 1, work, nullptr);
  // Compilers save more or fewer registers beside the frame, here and when nothing is done.
  EXPECT_NEAR(static_cast<double>(painted.bytes_needed()), 3000, 200);
}

struct Setting {
  convert::WriteOptions weights;
  KvFormat kv;
  std::uint32_t chunk;
};

std::size_t promised_bytes(const Setting& setting, std::string_view set) {
  if (set == "avx512" && setting.chunk > 16) return std::size_t{112} << 10;
  if (set == "i8mm" && setting.chunk > 2) return std::size_t{24} << 10;
  return std::size_t{8} << 10;
}

std::size_t bytes_needed(const Model& model, const Setting& setting, const KernelSet& kernels) {
  PaintedTeam team;
  const Config config{.context = 96, .kv = setting.kv, .prefill_chunk = setting.chunk};
  LiveSession live(model, config, team.team(), kernels);
  const std::vector<TokenId> tokens = random_tokens(120, model.architecture().vocab_size, 3);
  EXPECT_TRUE(live.session.prefill(tokens).ok());
  EXPECT_TRUE(live.session.step(tokens[0]).ok());
  return team.bytes_needed();
}

TEST(ThreadStack, IsAsSmallAsPromised) {
#ifndef NDEBUG
  GTEST_SKIP() << "SKIPPED: frames are larger in a build for debugging";
#endif
  Recipe recipe{.architecture = architecture_with_heads(8, 2, 256)};
  recipe.architecture.trained_context = 128;
  for (const Setting& setting : {Setting{all_f32, KvFormat::f32, 64},
                                 {all_int4, KvFormat::int8, 16},
                                 {all_int8, KvFormat::int4, 16},
                                 {all_int4, KvFormat::int4, 64},
                                 {all_int8, KvFormat::int8, 64}}) {
    const LoadedModel file(recipe, setting.weights);
    for (const KernelSet* set : kernel_sets()) {
      const std::size_t bytes = bytes_needed(file.model, setting, *set);
      EXPECT_GT(bytes, 0U);
      EXPECT_LE(bytes, promised_bytes(setting, name_of(*set)))
          << name_of(*set) << " chunk " << setting.chunk;
    }
  }
}

}  // namespace
}  // namespace ringlet::test
