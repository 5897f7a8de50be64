// GGUF files of 4 and 5 bits are not quantized a second time: without options, a model is as good
// as its source. The quality of a file is the perplexity of its floats, which must equal that of
// llama.cpp for the same file.
#include <gtest/gtest.h>

#include <cstdio>

#include "golden/checkpoints.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/requantized_gguf.hpp"
#include "support/story_text.hpp"

namespace ringlet::test {
namespace {

constexpr double most_loss = 0.01;

double perplexity_of(const convert::SourceModel& source, const convert::WriteOptions& options,
                     std::size_t stories) {
  const LoadedModel file(write_image(source, options));
  return chunked_perplexity(file.model, story_text(stories));
}

/// Returns the perplexity of the floats.
double expect_little_loss(const std::filesystem::path& path, std::size_t stories) {
  const convert::SourceModel source = stories3m_gguf(path);
  const double floats = perplexity_of(source, all_f32, stories);
  const double kept = perplexity_of(source, as_stored, stories);
  std::printf("%s: perplexity %.4f, converted by default %+.3f %%\n", path.filename().c_str(),
              floats, 100 * (kept / floats - 1));
  EXPECT_LT(kept / floats, 1 + most_loss);
  return floats;
}

struct DefaultCase {
  const char* name;
  double perplexity;  // llama.cpp's, of 100 stories
};

class GgufDefaults : public testing::TestWithParam<DefaultCase> {};

TEST_P(GgufDefaults, AreAsGoodAsTheFile) {
  const std::string name = GetParam().name;
  RINGLET_NEEDS("models/gguf/" + name);
  RINGLET_NEEDS("text/tinystories.txt");
  RINGLET_NEEDS_SPEED();
  const double floats = expect_little_loss(test_data() / "models/gguf" / name, 100);
  // llama.cpp rounds the inputs of quantized matrices to 8 bits, which costs it a little.
  EXPECT_NEAR(floats / GetParam().perplexity, 1, 0.003);
}

INSTANTIATE_TEST_SUITE_P(Stories3M, GgufDefaults,
                         testing::Values(DefaultCase{"stories3M-Q4_1.gguf", 8.7115},
                                         DefaultCase{"stories3M-Q5_0.gguf", 7.6913}),
                         [](const auto& instance) {
                           const std::string name = instance.param.name;
                           return name.substr(name.size() - 9, 4);
                         });

TEST(Iq4NlDefaults, AreAsGoodAsTheFile) {
  RINGLET_NEEDS("models/gguf/stories3M-f32.gguf");
  RINGLET_NEEDS("text/tinystories.txt");
  RINGLET_NEEDS_SPEED();
  constexpr std::uint32_t iq4_nl = 20;
  const TemporaryFolder folder;
  expect_little_loss(folder.write("stories3M-IQ4_NL.gguf",
                                  requantized_gguf(test_data() / "models/gguf/stories3M-f32.gguf",
                                                   iq4_nl, encode_iq4_nl)),
                     30);
}

}  // namespace
}  // namespace ringlet::test
