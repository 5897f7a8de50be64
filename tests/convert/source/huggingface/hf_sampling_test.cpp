// Sampling defaults that a folder brings.
#include "source/huggingface/hf_sampling.hpp"

#include <gtest/gtest.h>

#include "support/convert_checkpoint.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;
using test::TemporaryFolder;
using Notes = std::vector<std::string>;

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

class GenerationConfig : public testing::Test {
 protected:
  SamplingDefaults read(const char* text) {
    (void)folder.write("generation_config.json", text);
    notes.clear();
    return read_generation_config(folder.path(), notes);
  }
  TemporaryFolder folder;
  Notes notes;
};

TEST_F(GenerationConfig, IsADifferenceToTransformersDefaults) {
  SamplingDefaults s = read(R"({"do_sample": true, "temperature": 0.6, "top_p": 0.9})");
  EXPECT_EQ(s.temperature, 0.6F);
  EXPECT_EQ(s.top_p, 0.9F);
  EXPECT_EQ(s.top_k, 50U);
  EXPECT_EQ(s.min_p, 0);
  EXPECT_EQ(s.repeat_penalty, 1);
  s = read(R"({"top_k": 20, "min_p": 0.05, "repetition_penalty": 1.05})");
  EXPECT_EQ(s.temperature, 1);
  EXPECT_EQ(s.top_k, 20U);
  EXPECT_EQ(s.top_p, 1);
  EXPECT_EQ(s.min_p, 0.05F);
  EXPECT_EQ(s.repeat_penalty, 1.05F);
  EXPECT_EQ(read(R"({"do_sample": false, "temperature": 0.6})").temperature, 0);
  EXPECT_TRUE(notes.empty());
}

TEST_F(GenerationConfig, ThatSaysNothingLeavesTheRuntimesDefaults) {
  const SamplingDefaults none;
  for (const char* text : {"{}", R"({"eos_token_id": 2, "max_length": 4096, "num_beams": 1})"}) {
    const SamplingDefaults s = read(text);
    EXPECT_EQ(s.temperature, none.temperature);
    EXPECT_EQ(s.top_p, none.top_p);
    EXPECT_EQ(s.top_k, none.top_k);
  }
  const TemporaryFolder empty;
  EXPECT_EQ(read_generation_config(empty.path(), notes).temperature, none.temperature);
  EXPECT_TRUE(notes.empty());
}

TEST_F(GenerationConfig, ValuesThatCannotBeAreLeftOutByName) {
  const SamplingDefaults s = read(
      R"({"temperature": -1, "top_k": 2.5, "top_p": 0, "min_p": 1, "repetition_penalty": 0,
          "do_sample": true, "num_beams": 4})");
  EXPECT_EQ(s.temperature, 1);
  EXPECT_EQ(s.top_p, 1);
  ASSERT_EQ(notes.size(), 6U);
  EXPECT_TRUE(contains(notes[0], "generation_config.json: temperature = -1 is outside its range"))
      << notes[0];
  EXPECT_TRUE(contains(notes[5], "num_beams = 4 is not supported by the sampler")) << notes[5];
  EXPECT_EQ(read(R"({"top_k": -1})").top_k, 0U) << "all of them";
  EXPECT_TRUE(contains(error_of([&] { read(R"({"top_p": "high"})"); }), "top_p"));
  EXPECT_TRUE(contains(error_of([&] { read(R"({"do_sample": 1})"); }), "do_sample"));
}

}  // namespace
}  // namespace ringlet::convert
