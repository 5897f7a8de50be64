// What is done with an answer, at and around each threshold.
#include "decision.hpp"

#include <gtest/gtest.h>

namespace ringlet::port {
namespace {

constexpr std::string_view on = R"([{"do":"on","name":"desk lamp"}])";

Decision of(std::string_view answer, float confidence, float allowed = 1.0F) {
  return decide(answer, Confidence(confidence, allowed));
}

TEST(Decision, IsByConfidence) {
  EXPECT_EQ(of(on, 1.0F), Decision::act);
  EXPECT_EQ(of(on, 0.5F), Decision::act);
  EXPECT_EQ(of(on, 0.499F), Decision::ask);
  EXPECT_EQ(of(on, 0.1F), Decision::ask);
  EXPECT_EQ(of(on, 0.099F), Decision::ignore);
}

TEST(Decision, IgnoresWhatTheGrammarForced) {
  EXPECT_EQ(of(on, 0.9F, 0.02F), Decision::act);
  EXPECT_EQ(of(on, 0.9F, 0.019F), Decision::ignore);
}

TEST(Decision, IgnoresWhatDoesNothing) {
  EXPECT_EQ(of(R"([{"do":"none","why":"other"}])", 1.0F), Decision::ignore);
  EXPECT_EQ(of(R"([{"do":"none","why":"missing"},{"do":"time"}])", 1.0F), Decision::act);
  EXPECT_EQ(of("[]", 1.0F), Decision::ignore);
  EXPECT_EQ(of("", 1.0F), Decision::ignore);
}

TEST(Decision, IsCarefulWithDoors) {
  for (const char* answer :
       {R"([{"do":"unlock","name":"front door"}])", R"([{"do":"open","type":"garage"}])",
        R"([{"do":"open","area":"kitchen","type":"door"}])",
        R"([{"do":"open","name":"garage door"}])", R"([{"do":"open","area":"all"}])",
        R"([{"do":"position","name":"left gate","value":100}])",
        R"([{"do":"on","type":"light"},{"do":"unlock"}])"}) {
    EXPECT_EQ(of(answer, 0.89F), Decision::ask) << answer;
    EXPECT_EQ(of(answer, 0.9F), Decision::act) << answer;
  }
  EXPECT_EQ(of(R"([{"do":"lock","name":"front door"}])", 0.5F), Decision::act);
  EXPECT_EQ(of(R"([{"do":"close","type":"garage"}])", 0.5F), Decision::act);
  EXPECT_EQ(of(R"([{"do":"open","area":"kitchen","type":"blind"}])", 0.5F), Decision::act);
}

TEST(Decision, HasAName) {
  EXPECT_STREQ(name_of(Decision::act), "act");
  EXPECT_STREQ(name_of(Decision::ask), "ask");
  EXPECT_STREQ(name_of(Decision::ignore), "ignore");
}

}  // namespace
}  // namespace ringlet::port
