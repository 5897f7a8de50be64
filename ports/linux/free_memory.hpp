// How much more memory this process can take.
#pragma once

#include <cstdint>
#include <string>

namespace ringlet::port {

/// The bytes that the machine and every control group of this process still have, with what they
/// can take back from the cache of files. The largest number if the system does not say. `root` is
/// in front of /proc and /sys, for tests.
[[nodiscard]] std::uint64_t available_memory(const std::string& root = "");

/// The bytes of the machine that nothing uses, not even the cache of files.
[[nodiscard]] std::uint64_t unused_memory();

}  // namespace ringlet::port
