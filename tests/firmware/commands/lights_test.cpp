// Which lights of the house an action switches.
#include "lights.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ringlet::port {
namespace {

constexpr std::uint32_t ceiling = 1, desk = 2;

std::uint32_t lights(std::string_view members) { return lights_of(Action(members)); }

TEST(Lights, ByNameAndByRoom) {
  EXPECT_EQ(lights(R"("do":"on","name":"desk lamp")"), desk);
  EXPECT_EQ(lights(R"("do":"on","name":"desk lamp","area":"office")"), desk);
  EXPECT_EQ(lights(R"("do":"on","name":"desk lamp","area":"kitchen")"), 0U);
  EXPECT_EQ(lights(R"("do":"toggle","area":"kitchen","type":"light")"), ceiling);
  EXPECT_EQ(lights(R"("do":"off","area":"kitchen")"), ceiling);
  EXPECT_EQ(lights(R"("do":"off","area":"all","type":"light")"), ceiling | desk);
  EXPECT_EQ(lights(R"("do":"on","type":"light")"), ceiling) << "of its own room";
}

TEST(Lights, NotByWhatIsNoLightOrNotNow) {
  EXPECT_EQ(lights(R"("do":"on","name":"it")"), 0U);
  EXPECT_EQ(lights(R"("do":"on","type":"fan")"), 0U);
  EXPECT_EQ(lights(R"("do":"off","area":"upstairs","type":"light")"), 0U);
  EXPECT_EQ(lights(R"("do":"brightness","name":"desk lamp","value":40)"), 0U);
  EXPECT_EQ(lights(R"("do":"on","name":"desk lamp","in_minutes":5)"), 0U);
  EXPECT_EQ(lights(R"("do":"off","area":"all","type":"light","except_area":"office")"), 0U);
  EXPECT_EQ(lights(R"("do":"on")"), 0U);
  EXPECT_EQ(lights(""), 0U);
}

TEST(Lights, AreSwitched) {
  const auto after = [](std::uint32_t before, const char* what) {
    const std::string members = std::string(R"("do":")") + what + R"(","name":"desk lamp")";
    return switched(before, Action(members));
  };
  EXPECT_EQ(after(ceiling, "on"), ceiling | desk);
  EXPECT_EQ(after(ceiling | desk, "off"), ceiling);
  EXPECT_EQ(after(ceiling, "off"), ceiling);
  EXPECT_EQ(after(ceiling, "toggle"), ceiling | desk);
  EXPECT_EQ(after(ceiling | desk, "toggle"), ceiling);
  EXPECT_EQ(after(ceiling, "volume"), ceiling);
}

}  // namespace
}  // namespace ringlet::port
