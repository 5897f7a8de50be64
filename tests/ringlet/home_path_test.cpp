#include "home_path.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace ringlet::cli {
namespace {

TEST(HomePath, StandsForHome) {
  const char* home = std::getenv("HOME");
  const std::string before = home == nullptr ? "" : home;
  setenv("HOME", "/home/somebody", 1);
  EXPECT_EQ(expand_home("~"), "/home/somebody");
  EXPECT_EQ(expand_home("~/a file"), "/home/somebody/a file");
  for (const char* path : {"", "file", "/file", "./~/file", "~other/file", "a~", "~~/file"}) {
    EXPECT_EQ(expand_home(path), path);
  }
  unsetenv("HOME");
  EXPECT_EQ(expand_home("~/file"), "~/file");
  if (home != nullptr) setenv("HOME", before.c_str(), 1);
}

}  // namespace
}  // namespace ringlet::cli
