// What self_test() returns for every kernel set on every target. Changed only together with the
// arithmetic's specification or with the self-test.
#pragma once

#include <cstdint>

namespace ringlet::test {

inline constexpr std::uint64_t golden_self_test = 0x12FD0B4548CECBE6;

}  // namespace ringlet::test
