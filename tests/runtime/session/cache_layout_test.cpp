// What is said of the layers' caches adds up to the cache's sections of the plan.
#include "ringlet/cache_layout.hpp"

#include <gtest/gtest.h>

#include "support/random_model.hpp"
#include "support/sessions.hpp"

namespace ringlet {
namespace {

using test::LiveSession;
using test::LoadedModel;

std::uint64_t planned_bytes(const MemoryPlan& plan) {
  std::uint64_t bytes = 0;
  for (const SectionId id : {SectionId::sink_keys, SectionId::sink_values, SectionId::hot_keys,
                             SectionId::hot_values, SectionId::cold_keys, SectionId::cold_values}) {
    if (const Section* section = plan.find(id)) bytes += section->bytes;
  }
  return bytes;
}

class CacheLayouts : public testing::Test {
 protected:
  static constexpr Config in_tiers{.context = 60,
                                   .sinks = 4,
                                   .kv = KvFormats(KvFormat::int8, KvFormat::int4),
                                   .hot_window = 16,
                                   .prefill_chunk = 8};
  LoadedModel loaded_{test::Recipe{.architecture = test::small_architecture()}, test::all_int8};
};

TEST_F(CacheLayouts, AddUpToThePlan) {
  for (const Config& config :
       {Config{.context = 60, .sinks = 4, .kv = KvFormat::f32, .prefill_chunk = 8},
        Config{.context = 60, .sinks = 0, .kv = KvFormat::int8, .prefill_chunk = 1}, in_tiers}) {
    const LiveSession live(loaded_.model, config);
    std::uint64_t bytes = 0;
    for (std::uint32_t i = 0; i < loaded_.model.architecture().layers; ++i) {
      bytes += cache_layout(loaded_.model, live.session.config(), i).bytes;
    }
    EXPECT_EQ(bytes, planned_bytes(live.session.memory_plan()));
  }
}

TEST_F(CacheLayouts, NameTheTiers) {
  const LiveSession live(loaded_.model, in_tiers);
  const CacheLayout layout = cache_layout(loaded_.model, live.session.config(), 0);
  EXPECT_EQ(layout.sinks, 4U);
  EXPECT_EQ(layout.window, 56U);
  EXPECT_EQ(layout.hot, 16U);
  EXPECT_EQ(layout.ring_slots, 32U);
  EXPECT_EQ(layout.cold_slots, 64U);
  EXPECT_EQ(layout.newest, KvFormats(KvFormat::int8));
  EXPECT_EQ(layout.older, KvFormats(KvFormat::int8, KvFormat::int4));
}

TEST_F(CacheLayouts, SinksThatLieInASnapshotTakeNoMemory) {
  Config config = in_tiers;
  const std::uint64_t with_sinks = cache_layout(loaded_.model, config, 0).bytes;
  config.sinks_in_snapshot = true;
  EXPECT_LT(cache_layout(loaded_.model, config, 0).bytes, with_sinks);
}

}  // namespace
}  // namespace ringlet
