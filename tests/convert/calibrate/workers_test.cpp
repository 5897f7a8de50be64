#include "calibrate/workers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace ringlet::convert {
namespace {

class WorkersTest : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Threads, WorkersTest, testing::Values(1U, 2U, 5U));

TEST_P(WorkersTest, DoEachPieceOnce) {
  Workers workers(GetParam());
  for (const std::size_t count : {0U, 1U, 3U, 100U}) {
    std::vector<std::atomic<int>> calls(count);
    workers.for_each(count, [&](std::size_t i) { ++calls[i]; });
    for (const auto& each : calls) EXPECT_EQ(each, 1);
  }
}

TEST_P(WorkersTest, PassOnWhatAPieceThrows) {
  Workers workers(GetParam());
  EXPECT_THROW(workers.for_each(50,
                                [](std::size_t i) {
                                  if (i == 7) throw std::bad_alloc();
                                }),
               std::bad_alloc);
  std::string what;
  try {
    workers.for_each(50, [](std::size_t i) { throw std::runtime_error(std::to_string(i)); });
  } catch (const std::runtime_error& error) {
    what = error.what();
  }
  EXPECT_EQ(what, "0");  // the first piece has always begun
  std::atomic<int> calls = 0;
  workers.for_each(10, [&](std::size_t) { ++calls; });
  EXPECT_EQ(calls, 10) << "usable after an error";
}

}  // namespace
}  // namespace ringlet::convert
