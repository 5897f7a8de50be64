#include "history_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace ringlet::cli {
namespace {

using Entries = std::vector<std::string>;

class History : public testing::Test {
 protected:
  History() {
    std::string name = (std::filesystem::temp_directory_path() / "ringlet-history-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) ADD_FAILURE() << name;
    folder_ = name;
    path_ = folder_ / "new" / "folder" / "history";
  }
  ~History() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] HistoryFile file() const { return HistoryFile(path_.string()); }

  [[nodiscard]] std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }

  void write(const std::string& text) const {
    std::filesystem::create_directories(path_.parent_path());
    std::ofstream(path_) << text;
  }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

TEST_F(History, WhatIsAppendedComesBack) {
  EXPECT_EQ(file().load(), Entries());
  const Entries entries = {"one", "two\nlines", "a \\ and \\n", "\\", "\n", "ends in \\\n"};
  for (const std::string& entry : entries) file().append(entry);
  EXPECT_EQ(file().load(), entries);
}

TEST_F(History, IsForItsOwnerOnly) {
  file().append("one");
  struct stat about {};
  ASSERT_EQ(stat(path_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  ASSERT_EQ(stat(path_.parent_path().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0700U);
}

TEST_F(History, WhatCannotBeAnEntryIsLeftOut) {
  file().append("");
  file().append(std::string(HistoryFile::longest_entry + 1, 'x'));
  EXPECT_FALSE(std::filesystem::exists(path_));
  write("\n\none\ntwo");  // a disk was full
  EXPECT_EQ(file().load(), (Entries{"one", "two"}));
}

TEST_F(History, OnlyTheNewestAreLoadedAndKept) {
  std::string text;
  for (std::size_t i = 0; i < 2 * HistoryFile::most_entries - 1; ++i) {
    text += std::to_string(i) + "\n";
  }
  write(text);
  EXPECT_EQ(file().load().size(), HistoryFile::most_entries);
  EXPECT_EQ(content(), text) << "not yet worth writing again";
  file().append("new\\est");
  const Entries entries = file().load();
  ASSERT_EQ(entries.size(), HistoryFile::most_entries);
  EXPECT_EQ(entries.front(), std::to_string(HistoryFile::most_entries));
  EXPECT_EQ(entries.back(), "new\\est");
  EXPECT_LT(content().size(), text.size() * 2 / 3);
  EXPECT_EQ(file().load(), entries);
}

TEST_F(History, WithoutAPlaceThereIsNone) {
  write("a file where a folder should be");
  const HistoryFile below((path_ / "history").string());
  below.append("one");
  EXPECT_EQ(below.load(), Entries());
  const HistoryFile none("");
  none.append("one");
  EXPECT_EQ(none.load(), Entries());
}

TEST(HistoryPath, FollowsTheSpecification) {
  const char* home = std::getenv("HOME");
  const std::string before = home == nullptr ? "" : home;
  setenv("HOME", "/home/somebody", 1);
  setenv("XDG_STATE_HOME", "/state", 1);
  EXPECT_EQ(HistoryFile::default_path(), "/state/ringlet/history");
  setenv("XDG_STATE_HOME", "relative", 1);
  EXPECT_EQ(HistoryFile::default_path(), "/home/somebody/.local/state/ringlet/history");
  unsetenv("XDG_STATE_HOME");
  EXPECT_EQ(HistoryFile::default_path(), "/home/somebody/.local/state/ringlet/history");
  unsetenv("HOME");
  EXPECT_EQ(HistoryFile::default_path(), "");
  if (home != nullptr) setenv("HOME", before.c_str(), 1);
}

}  // namespace
}  // namespace ringlet::cli
