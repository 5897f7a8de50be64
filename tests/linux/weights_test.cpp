// Weights that move into memory of the process while they are read.
#include "ringlet/linux/weights.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>

#include "huge_pages.hpp"
#include "ringlet/linux/failure.hpp"
#include "support/model_image.hpp"
#include "support/sessions.hpp"
#include "support/temporary_folder.hpp"

namespace ringlet::port {
namespace {

using State = WeightsCopy::State;
using test::TemporaryFolder;

/// A model of a few huge pages, or a small one.
const test::AlignedBytes& image(bool large) {
  static const auto make = [](std::uint32_t vocabulary) {
    test::Recipe recipe{.architecture = test::small_architecture()};
    recipe.architecture.vocab_size = vocabulary;
    return test::write_image(recipe, test::all_f32);
  };
  static const test::AlignedBytes small = make(300);
  static const test::AlignedBytes of_many = make(100'000);
  return large ? of_many : small;
}

/// A model file in a folder of its own, mapped.
class Weights : public testing::Test {
 protected:
  explicit Weights(bool is_large = true)
      : is_large_(is_large),
        path_(folder_.write("model",
                            std::string(reinterpret_cast<const char*>(image(is_large).data()),
                                        image(is_large).size()))),
        file_(path_),
        model_(*Model::open(file_.bytes())) {}

  /// Changes one byte of the file in place.
  void damage(std::size_t at) const {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char old = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(old ^ 1));
  }

  [[nodiscard]] bool is_whole() const {
    const std::span<const std::byte> written = image(is_large_).span();
    return file_.bytes().size() == written.size() &&
           std::memcmp(file_.bytes().data(), written.data(), written.size()) == 0;
  }

  bool is_large_;
  TemporaryFolder folder_;
  std::string path_;
  MappedFile file_;
  Model model_;
};

class SmallWeights : public Weights {
 protected:
  SmallWeights() : Weights(false) {}
};

TEST_F(Weights, KeepTheirAddressAndBytes) {
  const std::byte* address = file_.bytes().data();
  WeightsCopy copy(file_, model_, {.in = WeightsIn::copy});
  copy.wait();
  ASSERT_EQ(copy.state(), State::copied) << copy.describe();
  EXPECT_EQ(file_.bytes().data(), address);
  EXPECT_TRUE(is_whole());
}

TEST_F(Weights, CopiedOnesDoNotChangeWithTheFile) {
  WeightsCopy copy(file_, model_, {.in = WeightsIn::copy});
  copy.wait();
  damage(file_.bytes().size() / 2);
  EXPECT_TRUE(is_whole());
}

TEST_F(Weights, MappedOnesDo) {
  WeightsCopy copy(file_, model_, {.in = WeightsIn::map});
  copy.wait();
  EXPECT_EQ(copy.state(), State::mapped);
  damage(file_.bytes().size() / 2);
  EXPECT_FALSE(is_whole());
}

TEST_F(Weights, GoToHugePagesByThemselves) {
  if (!huge_pages_on_request()) GTEST_SKIP() << "this kernel has no huge pages";
  WeightsCopy copy(file_, model_, {});
  copy.wait();
  if (copy.state() == State::mapped) GTEST_SKIP() << "SKIPPED: " << copy.describe();
  EXPECT_EQ(copy.state(), State::copied);
  EXPECT_GE(copy.huge_bytes(), file_.bytes().size() / 2);
  EXPECT_LE(copy.huge_bytes(), file_.bytes().size());
}

TEST_F(Weights, SessionsDecodeTheSameMeanwhile) {
  const std::vector<TokenId> tokens = test::random_tokens(40, 100'000, 7);
  test::LiveSession plain(model_, {.context = 32});
  const std::uint64_t expected = test::digest_of_steps(plain.session, tokens);
  test::LiveSession other(model_, {.context = 32});
  WeightsCopy copy(file_, model_, {.in = WeightsIn::copy});
  EXPECT_EQ(test::digest_of_steps(other.session, tokens), expected);
  copy.wait();
  other.session.reset();
  EXPECT_EQ(test::digest_of_steps(other.session, tokens), expected);
}

TEST_F(Weights, ReadersSeeOneOrTheOther) {
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> wrong{0};
  const std::span<const std::byte> expected = image(true).span();
  std::thread reader([&] {
    while (!done) {
      const std::span<const std::byte> seen = file_.bytes();
      for (std::size_t at = 0; at < seen.size(); at += 64) wrong += seen[at] != expected[at];
    }
  });
  WeightsCopy copy(file_, model_, {.in = WeightsIn::copy});
  copy.wait();
  done = true;
  reader.join();
  EXPECT_EQ(copy.state(), State::copied);
  EXPECT_EQ(wrong, 0U);
}

TEST_F(Weights, DamageOfAPlaneIsFound) {
  damage(file_.bytes().size() - 5000);
  WeightsCopy copy(file_, model_, {.in = WeightsIn::copy});
  copy.wait();
  EXPECT_EQ(copy.state(), State::damaged);
  EXPECT_EQ(copy.status().code(), ErrorCode::checksum_mismatch);
}

TEST_F(Weights, StayWithinALimit) {
  WeightsCopy copy(file_, model_, {.most_bytes = file_.bytes().size() - 1});
  copy.wait();
  EXPECT_EQ(copy.state(), State::mapped);
  EXPECT_THROW(WeightsCopy(file_, model_, {.in = WeightsIn::copy, .most_bytes = 1}), Failure);
}

TEST_F(Weights, StayWhereTheyAreIfTheCopyEndsEarly) {
  { WeightsCopy copy(file_, model_, {.in = WeightsIn::copy}); }
  EXPECT_TRUE(is_whole());
}

TEST_F(SmallWeights, StayUnlessAskedFor) {
  WeightsCopy automatic(file_, model_, {});
  automatic.wait();
  EXPECT_EQ(automatic.state(), State::mapped);
  EXPECT_EQ(automatic.describe(), "in the file's pages (less than 8 MiB)");
  WeightsCopy copy(file_, model_, {.in = WeightsIn::copy});
  copy.wait();
  EXPECT_EQ(copy.state(), State::copied);
  damage(file_.bytes().size() / 2);
  EXPECT_TRUE(is_whole());
}

}  // namespace
}  // namespace ringlet::port
