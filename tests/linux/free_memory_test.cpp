// What is left of a machine's memory and of the control groups of a process.
#include "free_memory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

namespace ringlet::port {
namespace {

/// A tree with the files of /proc and /sys that a test gives it.
class FreeMemory : public testing::Test {
 protected:
  // Other tests run beside this one.
  FreeMemory() : root_(testing::TempDir() + "/free_memory." + std::to_string(getpid())) {
    std::filesystem::create_directories(root_);
  }
  ~FreeMemory() override { std::filesystem::remove_all(root_); }

  void file(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((root_ + path).substr(0, (root_ + path).rfind('/')));
    std::ofstream(root_ + path) << text;
  }
  void machine() const {
    file("/proc/meminfo", "MemTotal:  4000000 kB\nMemFree:  100000 kB\nMemAvailable:  3000 kB\n");
  }
  [[nodiscard]] std::uint64_t available() const { return available_memory(root_); }

 private:
  std::string root_;
};

TEST_F(FreeMemory, IsUnknownWithoutFiles) {
  EXPECT_EQ(available(), std::numeric_limits<std::uint64_t>::max());
}

TEST_F(FreeMemory, IsWhatTheMachineHas) {
  machine();
  file("/proc/self/cgroup", "0::/\n");
  EXPECT_EQ(available(), 3000U * 1024);
}

TEST_F(FreeMemory, IsWhatTheTightestGroupHas) {
  machine();
  file("/proc/self/cgroup", "0::/a/b\n");
  file("/sys/fs/cgroup/a/b/memory.max", "max\n");
  file("/sys/fs/cgroup/a/b/memory.current", "900000\n");
  file("/sys/fs/cgroup/a/memory.max", "1000000\n");
  file("/sys/fs/cgroup/a/memory.current", "900000\n");
  EXPECT_EQ(available(), 100000U);
  // The cache of files can be dropped.
  file("/sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file 50000\nactive_file 7\n");
  EXPECT_EQ(available(), 150000U);
  file("/sys/fs/cgroup/a/b/memory.max", "900001\n");
  EXPECT_EQ(available(), 1U);
}

TEST_F(FreeMemory, IsInTheRootOfAContainer) {
  machine();
  file("/proc/self/cgroup", "0::/\n");
  file("/sys/fs/cgroup/memory.max", "500000\n");
  file("/sys/fs/cgroup/memory.current", "600000\n");
  EXPECT_EQ(available(), 0U);
}

TEST_F(FreeMemory, KnowsGroupsOfTheFirstVersion) {
  machine();
  file("/proc/self/cgroup", "4:memory:/x\n3:cpu,cpuacct:/y\n");
  file("/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "1000\n");
  file("/sys/fs/cgroup/memory/x/memory.usage_in_bytes", "400\n");
  EXPECT_EQ(available(), 600U);
}

}  // namespace
}  // namespace ringlet::port
