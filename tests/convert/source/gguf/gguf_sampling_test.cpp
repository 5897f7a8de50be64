// Sampling defaults that a GGUF file brings.
#include "source/gguf/gguf_sampling.hpp"

#include <gtest/gtest.h>

#include "support/gguf_maker.hpp"
#include "support/temporary_folder.hpp"

namespace ringlet::convert {
namespace {

TEST(GgufSampling, EachKeyCountsByItself) {
  const test::TemporaryFolder folder;
  test::GgufMaker maker = test::small_gguf(8, 34);
  maker.real("general.sampling.temp", 0.7F);
  maker.entry("general.sampling.top_k", 5, test::GgufMaker::raw(std::int32_t{20}));
  maker.real("general.sampling.top_p", 1.5F);
  const auto path = folder.write("m.gguf", maker.bytes());
  TensorStore store("m");
  std::vector<std::string> notes;
  const SamplingDefaults s = read_gguf_sampling(read_gguf(path, store), notes);
  EXPECT_EQ(s.temperature, 0.7F);
  EXPECT_EQ(s.top_k, 20U);
  EXPECT_EQ(s.top_p, SamplingDefaults{}.top_p);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("general.sampling.top_p = 1.5 is outside its range"), std::string::npos)
      << notes[0];
}

}  // namespace
}  // namespace ringlet::convert
