#include "free_memory.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

#include "system_text.hpp"

namespace ringlet::port {
namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// The file names of one version of control groups.
struct Names {
  const char* limit;
  const char* usage;
  const char* cache;  // in memory.stat: pages of files that were not used recently
};
constexpr Names version_1 = {"/memory.limit_in_bytes", "/memory.usage_in_bytes",
                             "total_inactive_file "};
constexpr Names version_2 = {"/memory.max", "/memory.current", "inactive_file "};

/// What one group still has.
std::uint64_t room_in(const std::string& group, const Names& names) {
  const auto limit = leading_number(system_text(group + names.limit));
  const auto usage = leading_number(system_text(group + names.usage));
  if (!limit || !usage) return unlimited;  // "max", or no such file
  const std::uint64_t cache =
      number_after(system_text(group + "/memory.stat"), names.cache).value_or(0);
  const std::uint64_t fixed = *usage - std::min(cache, *usage);
  return *limit - std::min(fixed, *limit);
}

/// What a group and those that it is in still have. `mount` is where they are, "" a group's path.
std::uint64_t room_up_to(const std::string& mount, std::string path, const Names& names) {
  std::uint64_t room = unlimited;
  while (true) {
    room = std::min(room, room_in(mount + path, names));
    const std::size_t slash = path.rfind('/');
    if (path.empty() || slash == std::string::npos) return room;
    path.resize(slash);
  }
}

/// The path of this process in the hierarchy whose controllers are `controllers`, from the lines
/// "number:controllers:path" of /proc/self/cgroup.
std::optional<std::string> group_path(std::string_view groups, std::string_view controllers) {
  while (!groups.empty()) {
    const std::string_view line = take_line(groups);
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    if (line.substr(first + 1, second - first - 1) != controllers) continue;
    const std::string_view path = line.substr(second + 1);
    return std::string(path == "/" ? "" : path);
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t available_memory(const std::string& root) {
  std::uint64_t room = unlimited;
  if (const auto kib = number_after(system_text(root + "/proc/meminfo"), "MemAvailable:")) {
    room = *kib * 1024;
  }
  const std::string groups = system_text(root + "/proc/self/cgroup");
  if (const auto path = group_path(groups, "")) {
    room = std::min(room, room_up_to(root + "/sys/fs/cgroup", *path, version_2));
  }
  if (const auto path = group_path(groups, "memory")) {
    room = std::min(room, room_up_to(root + "/sys/fs/cgroup/memory", *path, version_1));
  }
  return room;
}

std::uint64_t unused_memory() {
  return number_after(system_text("/proc/meminfo"), "MemFree:").value_or(0) * 1024;
}

}  // namespace ringlet::port
