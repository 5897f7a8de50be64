// What a refused configuration suggests does: the value passes where the next one fails.
#include "session/plan.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

Recipe windowed() {
  Recipe recipe{.architecture = small_architecture()};
  recipe.windows = {0, 24};
  return recipe;
}

Recipe other_heads() {
  Recipe recipe{.architecture = architecture_with_heads(4, 1, 32)};
  recipe.architecture.trained_context = 500;
  return recipe;
}

const Config configs[] = {
    {},
    {.context = 60, .sinks = 0, .kv = KvFormat::f32, .prefill_chunk = 1},
    {.context = 50, .sinks = 7, .kv = KvFormat::f16, .threads = 3},
    {.context = 64, .kv = KvFormat::int4, .hot_window = 16, .prefill_chunk = 8},
    {.context = 33, .kv = KvFormats(KvFormat::int8, KvFormat::int4)},
    {.context = 1000, .allow_longer_context = true}};

TEST(Plan, SuggestsTheLongestContextThatFitsIntoTheMemory) {
  for (const Recipe& recipe :
       {Recipe{.architecture = small_architecture()}, windowed(), other_heads()}) {
    const LoadedModel file{recipe, all_int8};
    for (Config config : configs) {
      const std::uint64_t total = plan(file.model, config)->total();
      AlignedBytes memory(static_cast<std::size_t>(total));
      int suggestions = 0;
      for (std::size_t size = memory.size() - 1; size > memory.size() / 2; size -= size / 9) {
        const auto bytes = memory.span().first(size);
        const auto create = [&](std::uint32_t context) {
          config.context = context;
          return Session::create(file.model, config, bytes, scalar_kernels()).status();
        };
        const Status refused = create(config.context);
        ASSERT_EQ(refused.code(), ErrorCode::not_enough_memory) << line(refused);
        if (!refused.has_suggestion()) {
          EXPECT_EQ(create(config.sinks + 1).code(), ErrorCode::not_enough_memory);
          continue;
        }
        ++suggestions;
        EXPECT_STREQ(refused.setting(), "context");
        const std::uint32_t longest = refused.suggestion();
        EXPECT_TRUE(create(longest).ok()) << line(refused);
        EXPECT_EQ(create(longest + 1).code(), ErrorCode::not_enough_memory) << line(refused);
      }
      EXPECT_GT(suggestions, 0);
    }
  }
}

/// A setting of a configuration, by the name that a status gives it.
std::uint32_t& setting(Config& config, const std::string& name) {
  const std::map<std::string, std::uint32_t*> fields = {{"context", &config.context},
                                                        {"sinks", &config.sinks},
                                                        {"hot_window", &config.hot_window},
                                                        {"prefill_chunk", &config.prefill_chunk},
                                                        {"threads", &config.threads},
                                                        {"longest_word", &config.longest_word},
                                                        {"repeat_window", &config.repeat_window}};
  return *fields.at(name);
}

/// The suggestion passes, and what is one nearer to the refused value does not.
void expect_nearest(const Model& model, Config config) {
  const Status refused = resolve(model, config).status();
  ASSERT_TRUE(refused.has_suggestion()) << line(refused);
  std::uint32_t& value = setting(config, refused.setting());
  const bool too_large = value > refused.suggestion();
  value = refused.suggestion();
  EXPECT_TRUE(resolve(model, config).ok()) << line(refused);
  value = too_large ? value + 1 : value - 1;
  EXPECT_STREQ(resolve(model, config).status().setting(), refused.setting()) << line(refused);
}

TEST(Plan, SuggestsTheNearestValueOfEverySetting) {
  constexpr std::uint32_t most = 0xFFFFFFFF;
  const LoadedModel file{Recipe{.architecture = small_architecture()}, all_int8};
  for (const Config& config :
       {Config{.context = 65}, Config{.context = most},
        Config{.context = most, .allow_longer_context = true}, Config{.context = 40, .sinks = 40},
        Config{.sinks = most}, Config{.prefill_chunk = 0}, Config{.prefill_chunk = most},
        Config{.hot_window = 0}, Config{.hot_window = most},
        Config{.kv = KvFormat::int4, .hot_window = 7}, Config{.threads = 0},
        Config{.threads = most}, Config{.longest_word = 0}, Config{.longest_word = most},
        Config{.repeat_window = most}}) {
    expect_nearest(file.model, config);
  }
}

TEST(Plan, SuggestsThreadsForATeam) {
  const LoadedModel file{Recipe{.architecture = small_architecture()}, all_int8};
  Config config{.threads = 2};
  Team team;
  const auto create = [&](std::uint32_t threads) {
    AlignedBytes memory(static_cast<std::size_t>(plan(file.model, config)->total()));
    team.threads = threads;
    return Session::create(file.model, config, memory.span(), scalar_kernels(), team).status();
  };
  const Status many = create(5);
  EXPECT_EQ(line(many),
            "team: must have 1 to config.threads threads (at most 2, got 5); threads 5 "
            "would fit");
  EXPECT_EQ(line(create(0)), "team: must have 1 to config.threads threads (needs 1, got 0)");
  EXPECT_EQ(line(create(300)), "team: must have 1 to config.threads threads (at most 2, got 300)");
  config.threads = many.suggestion();
  EXPECT_TRUE(create(5).ok());
}

}  // namespace
}  // namespace ringlet::test
