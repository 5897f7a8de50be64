#include "escapes.hpp"

#include <gtest/gtest.h>

#include <string>

#include "command.hpp"

namespace ringlet::cli {
namespace {

TEST(Escapes, StandForOneByteEach) {
  EXPECT_EQ(unescape("plain text"), "plain text");
  EXPECT_EQ(unescape("a\\nb\\tc\\rd"), "a\nb\tc\rd");
  EXPECT_EQ(unescape("\\\\n \\\" \\'"), "\\n \" '");
  EXPECT_EQ(unescape("\\x41\\xe9\\xC3"), "A\xe9\xC3");
  EXPECT_EQ(unescape("a\\x00b"), std::string("a\0b", 3));
  EXPECT_EQ(unescape("\\x413"), "A3");
}

TEST(Escapes, OthersAreNamed) {
  for (const char* text : {"\\q", "\\", "\\x", "\\x4", "\\x4g", "\\x-1", "\\0"}) {
    try {
      [[maybe_unused]] const std::string result = unescape(std::string("before ") + text);
      ADD_FAILURE() << text;
    } catch (const UsageError& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with(std::string("'") + text + "' is not"))
          << error.what();
    }
  }
}

}  // namespace
}  // namespace ringlet::cli
