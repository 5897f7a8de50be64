#include "calibrate/state_file.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/random.hpp"
#include "support/temporary_folder.hpp"

namespace ringlet::convert {
namespace {

Int4Planes random_planes(std::uint32_t rows, std::uint32_t columns, std::uint64_t seed) {
  test::Random random(seed);
  Int4Planes planes(rows, columns);
  for (std::uint32_t row = 0; row < rows; ++row) {
    for (std::uint32_t group = 0; group < packed::groups(columns); ++group) {
      QuantizedGroup some{.scale = static_cast<std::uint16_t>(random.below(65536))};
      for (auto& code : some.codes) code = static_cast<std::int8_t>(int(random.below(16)) - 8);
      planes.set(row, group, some);
    }
  }
  return planes;
}

TEST(Int4Planes, GiveBackWhatWasSet) {
  Int4Planes planes(19, 70);
  for (std::uint32_t row = 0; row < 19; ++row) {
    for (std::uint32_t group = 0; group < 3; ++group) {
      EXPECT_EQ(planes.get(row, group).codes, QuantizedGroup{}.codes);
      QuantizedGroup some{.scale = static_cast<std::uint16_t>(100 * row + group)};
      for (std::size_t i = 0; i < some.codes.size(); ++i) {
        some.codes[i] = static_cast<std::int8_t>(int((i + row + group) % 16) - 8);
      }
      planes.set(row, group, some);
    }
  }
  for (std::uint32_t row = 0; row < 19; ++row) {
    for (std::uint32_t group = 0; group < 3; ++group) {
      const QuantizedGroup found = planes.get(row, group);
      EXPECT_EQ(found.scale, 100 * row + group);
      for (std::size_t i = 0; i < found.codes.size(); ++i) {
        EXPECT_EQ(found.codes[i], int((i + row + group) % 16) - 8);
      }
    }
  }
}

class StateFileTest : public testing::Test {
 protected:
  [[nodiscard]] StateFile::Content content(std::uint8_t mark = 1) const {
    StateFile::Content result{
        .tokens = 5, .dim = 8, .matrices = {{19, 70}, {32, 32}}, .fingerprint = {}};
    result.fingerprint[0] = mark;
    return result;
  }

  test::TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "state";
};

TEST_F(StateFileTest, ContinuesWhereItWas) {
  const Int4Planes planes = random_planes(32, 32, 7);
  const std::vector<float> rows(5 * 8, 1.5F);
  {
    StateFile state(path, folder.path(), content());
    EXPECT_EQ(state.finished_layers(), 0U);
    state.write(1, planes);
    state.quantized(1).write(0, rows);
    state.exact(1).write(0, std::vector<float>(5 * 8, 2.5F));
    state.exact(0).write(0, std::vector<float>(5 * 8, 3.5F));
    state.finish_layer();
  }
  StateFile state(path, folder.path(), content());
  EXPECT_EQ(state.finished_layers(), 1U);
  EXPECT_EQ(state.read(1).codes, planes.codes);
  EXPECT_EQ(state.read(1).scales, planes.scales);
  std::vector<float> read(5 * 8);
  state.quantized(1).read(0, read);
  EXPECT_EQ(read, rows);
  state.remove();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(StateFileTest, WithoutANameLeavesNothing) {
  const StateFile state(std::nullopt, folder.path(), content());
  state.write(0, random_planes(19, 70, 3));
  EXPECT_EQ(state.read(0).codes, random_planes(19, 70, 3).codes);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST_F(StateFileTest, RefusesWhatIsNotItsOwn) {
  const auto refuses = [&](const StateFile::Content& wanted, const char* expected) {
    try {
      const StateFile state(path, folder.path(), wanted);
      ADD_FAILURE() << expected;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
    }
  };
  {
    const StateFile state(path, folder.path(), content());
    refuses(content(), "is in use by another conversion");
  }
  refuses(content(2), "is the state of another calibration");
  std::fstream(path, std::ios::in | std::ios::out).write("x", 1);
  refuses(content(), "is not the state of a calibration");
  std::ofstream(path) << "some other text";
  refuses(content(), "is not the state of a calibration");
  path = folder.path() / "none" / "state";
  refuses(content(), "cannot be opened");
}

}  // namespace
}  // namespace ringlet::convert
