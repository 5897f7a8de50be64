// The C interface tells the facts of a status as the C++ one does, and its suggestions do.
#include <gtest/gtest.h>

#include <string>

#include "c/convert.hpp"
#include "ringlet/ringlet.h"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

std::string described(const ringlet_status& status) {
  std::string text(256, '\0');
  text.resize(ringlet_status_describe(&status, text.data(), text.size()));
  return text;
}

TEST(CStatus, KeepsEveryFact) {
  const Status plain(ErrorCode::invalid_model, "layers.wk", "wrong number of rows");
  for (const Status& status :
       {Status(), plain, plain.at(3), plain.with(4, 5), plain.at_most(5, 6).at(0), plain.got(7),
        plain.suggest("context", 0), plain.with(1, 0).suggest("context", 4'000'000'000)}) {
    const ringlet_status c_status = c::to_c(status);
    EXPECT_EQ(described(c_status), line(status));
    EXPECT_EQ(static_cast<int>(c_status.numbers), static_cast<int>(status.numbers()));
    EXPECT_EQ(c_status.setting != nullptr, status.has_suggestion());
    EXPECT_EQ(c_status.suggestion, status.suggestion());
    EXPECT_EQ(line(c::from_c(c_status)), line(status));
  }
}

TEST(CStatus, SuggestsTheLongestContextThatFits) {
  const LoadedModel file{Recipe{.architecture = small_architecture()}, all_int8};
  ringlet_model model;
  ASSERT_EQ(ringlet_model_open(&model, file.bytes.data(), file.bytes.size()).code, RINGLET_OK);
  ringlet_config config = ringlet_config_default();
  ringlet_plan planned;
  ASSERT_EQ(ringlet_plan_create(&model, &config, &planned).code, RINGLET_OK);
  AlignedBytes memory(static_cast<std::size_t>(planned.total) - 2048);
  ringlet_session session;
  const auto create = [&](std::uint32_t context) {
    config.context = context;
    return ringlet_session_create(&session, &model, &config, memory.data(), memory.size(),
                                  ringlet_kernels_scalar(), nullptr);
  };
  const ringlet_status refused = create(0);
  EXPECT_EQ(refused.code, RINGLET_NOT_ENOUGH_MEMORY);
  EXPECT_EQ(refused.numbers, RINGLET_NUMBERS_NEEDS);
  ASSERT_STREQ(refused.setting, "context");
  EXPECT_EQ(create(refused.suggestion).code, RINGLET_OK);
  EXPECT_EQ(create(refused.suggestion + 1).code, RINGLET_NOT_ENOUGH_MEMORY);
  EXPECT_TRUE(described(refused).starts_with("memory: too small for this context (needs "));
  EXPECT_TRUE(described(refused).ends_with("; context " + std::to_string(refused.suggestion) +
                                           " would fit"));
}

}  // namespace
}  // namespace ringlet::test
