// Tokenizer, detokenizer and sampler with the bundled model's tables: text survives a round trip
// for any division into calls, and a seed gives the same tokens as on a workstation.
#include <gtest/gtest.h>

#include <string_view>

#include "device/buffers.hpp"
#include "device/models.hpp"
#include "device/sets.hpp"
#include "ringlet/ringlet.hpp"

namespace ringlet::test {
namespace {

Buffer<std::byte, 8192> workspace;
constexpr std::string_view text =
    "Once upon a time there was a little village called Wintercombe. \xC3\x84rger, "
    "\xE2\x82\xAC 5 and \xF0\x9F\x98\x80!\nThe end.";

Tokenizer open_tokenizer() {
  const auto model = Model::open(device_models[0].bytes);
  EXPECT_TRUE(model.ok());
  const auto tokenizer = Tokenizer::open(*model);
  EXPECT_TRUE(tokenizer.ok());
  return *tokenizer;
}

/// Encodes `text` into at most `capacity` tokens at a time; returns how many there are.
std::size_t encode(const Tokenizer& tokenizer, std::size_t capacity, std::span<TokenId> out) {
  std::size_t done = 0, count = 0;
  while (done < text.size()) {
    const auto encoded = tokenizer.encode(text.substr(done), done == 0, workspace.value,
                                          out.subspan(count, capacity));
    EXPECT_TRUE(encoded.ok()) << encoded.status().what();
    if (!encoded.ok() || encoded->bytes == 0) break;
    done += encoded->bytes;
    count += encoded->tokens;
  }
  EXPECT_EQ(done, text.size());
  return count;
}

TEST(DeviceText, ComesBackAsItWentIn) {
  const Tokenizer tokenizer = open_tokenizer();
  TokenId tokens[128];
  const std::size_t count = encode(tokenizer, 64, tokens);
  Detokenizer detokenizer(tokenizer);
  std::string_view rest = text;
  const auto expect = [&rest](std::string_view piece) {
    EXPECT_EQ(piece, rest.substr(0, piece.size()));
    rest.remove_prefix(piece.size() < rest.size() ? piece.size() : rest.size());
  };
  for (std::size_t i = 0; i < count; ++i) expect(detokenizer.next(tokens[i]));
  expect(detokenizer.finish());
  EXPECT_EQ(rest, "");
}

TEST(DeviceText, IsEncodedTheSameHoweverItIsCut) {
  const Tokenizer tokenizer = open_tokenizer();
  TokenId whole[128], pieces[128];
  const std::size_t count = encode(tokenizer, 96, whole);
  EXPECT_LT(count, 70U);
  EXPECT_EQ(encode(tokenizer, 12, pieces), count);
  for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(pieces[i], whole[i]) << i;
}

TEST(DeviceText, AWordThatIsTooLongIsAnError) {
  const Tokenizer tokenizer = open_tokenizer();
  TokenId tokens[4];
  const auto few = tokenizer.encode("Wintercombe-Wintercombe", true, workspace.value, tokens);
  EXPECT_FALSE(few.ok());
  const auto small = static_cast<std::size_t>(Tokenizer::workspace_bytes(4));
  TokenId many[64];
  const auto cramped = tokenizer.encode("Wintercombe", true, {workspace.value, small}, many);
  EXPECT_FALSE(cramped.ok());
}

TEST(DeviceSampler, ASeedGivesTheSameTokensEverywhere) {
  constexpr std::uint32_t vocab = 64;
  static Buffer<float, vocab> logits;
  fill_floats(logits.value, 12, 4.0F);
  const SamplerOptions options{.temperature = 0.9F,
                               .top_k = 20,
                               .top_p = 0.95F,
                               .min_p = 0.01F,
                               .repeat_penalty = 1.1F,
                               .seed = 7};
  auto sampler = Sampler::create(options, vocab, workspace.value, *kernel_sets().back());
  ASSERT_TRUE(sampler.ok());
  constexpr TokenId golden[] = {33, 1, 21, 10, 31, 16, 49, 21};
  for (const TokenId token : golden) EXPECT_EQ(sampler->sample(logits.value), token);
  sampler->reset();
  EXPECT_EQ(sampler->sample(logits.value), golden[0]);
}

}  // namespace
}  // namespace ringlet::test
