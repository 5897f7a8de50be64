// The tokenizer over a model file, and real vocabularies against the ids that other programs give.
#include "ringlet/tokenizer.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/aligned.hpp"
#include "support/model_image.hpp"
#include "support/pieces.hpp"
#include "support/random_model.hpp"
#include "text/encode.hpp"
#include "tokenizer/llama2c_tokenizer.hpp"

namespace ringlet {
namespace {

using test::AlignedBytes;
using test::LoadedModel;
using test::TestVocabulary;
using Tokens = std::vector<TokenId>;

LoadedModel model_with(bool tokenizer) {
  test::Recipe recipe;
  recipe.architecture = test::small_architecture();
  recipe.architecture.vocab_size = test::tokenizer_pieces;
  recipe.tokenizer = tokenizer;
  return LoadedModel(recipe, test::all_int8);
}

TEST(Tokenizer, RefusesAModelThatHasNone) {
  const LoadedModel loaded = model_with(false);
  const Result<Tokenizer> tokenizer = Tokenizer::open(loaded.model);
  EXPECT_EQ(tokenizer.status().code(), ErrorCode::unsupported);
  EXPECT_STREQ(tokenizer.status().where(), "tokenizer");
  EXPECT_EQ(Tokenizer::open(Model{}).status().code(), ErrorCode::unsupported);
}

TEST(Tokenizer, AnswersNothingWhenEmpty) {
  const Tokenizer empty;
  EXPECT_EQ(empty.piece(0), "");
  EXPECT_EQ(empty.find("a"), Tokenizer::none);
  EXPECT_EQ(empty.bos(), Tokenizer::none);
  EXPECT_EQ(empty.eos(), Tokenizer::none);
  EXPECT_FALSE(empty.is_control(1));
  EXPECT_FALSE(empty.is_byte(3, nullptr));
  EXPECT_FALSE(empty.adds_bos());
  EXPECT_FALSE(empty.adds_space_prefix());
}

TEST(Tokenizer, ReadsTheTablesOfTheModel) {
  const LoadedModel loaded = model_with(true);
  const Result<Tokenizer> tokenizer = Tokenizer::open(loaded.model);
  ASSERT_TRUE(tokenizer.ok());
  EXPECT_EQ(tokenizer->bos(), 1U);
  EXPECT_EQ(tokenizer->eos(), 2U);
  EXPECT_TRUE(tokenizer->adds_bos());
  EXPECT_TRUE(tokenizer->adds_space_prefix());
  EXPECT_EQ(tokenizer->piece(1), "<s>");
  EXPECT_EQ(tokenizer->piece(3 + 0x0A), "<0x0A>");
  EXPECT_EQ(tokenizer->piece(test::tokenizer_pieces), "");
  EXPECT_TRUE(tokenizer->is_control(1));
  EXPECT_FALSE(tokenizer->is_control(0));  // the unknown token is not a control token
  EXPECT_FALSE(tokenizer->is_control(300));
}

TEST(Tokenizer, FindsEveryNormalPieceAndNothingElse) {
  const LoadedModel loaded = model_with(true);
  const Result<Tokenizer> tokenizer = Tokenizer::open(loaded.model);
  ASSERT_TRUE(tokenizer.ok());
  for (TokenId id = test::first_normal_piece; id < test::tokenizer_pieces; ++id) {
    EXPECT_EQ(tokenizer->find(tokenizer->piece(id)), id);
  }
  for (const char* text : {"", "<s>", "<0x41>", "th", " the ", "zz", "\xFF"}) {
    EXPECT_EQ(tokenizer->find(text), Tokenizer::none) << text;
  }
}

TEST(Tokenizer, KnowsTheValueOfEveryByteToken) {
  const LoadedModel loaded = model_with(true);
  const Result<Tokenizer> tokenizer = Tokenizer::open(loaded.model);
  ASSERT_TRUE(tokenizer.ok());
  for (TokenId byte = 0; byte < 256; ++byte) {
    std::uint8_t value = 0;
    ASSERT_TRUE(tokenizer->is_byte(test::first_byte_token + byte, &value));
    EXPECT_EQ(value, byte);
  }
  EXPECT_TRUE(tokenizer->is_byte(3, nullptr));
  EXPECT_FALSE(tokenizer->is_byte(2, nullptr));
  EXPECT_FALSE(tokenizer->is_byte(259, nullptr));
  EXPECT_FALSE(tokenizer->is_byte(Tokenizer::none, nullptr));
}

TEST(Tokenizer, EncodesThroughTheModel) {
  const LoadedModel loaded = model_with(true);
  const Result<Tokenizer> tokenizer = Tokenizer::open(loaded.model);
  ASSERT_TRUE(tokenizer.ok());
  AlignedBytes workspace(static_cast<std::size_t>(Tokenizer::workspace_bytes(32)));
  Tokens out(32);
  const std::string text = "the hand\n";
  const Result<Encoded> encoded = tokenizer->encode(text, true, workspace.span(), out);
  ASSERT_TRUE(encoded.ok());
  EXPECT_EQ(encoded->bytes, text.size());
  out.resize(encoded->tokens);
  const auto id = [&](std::string_view piece) { return tokenizer->find(piece); };
  // Of " hand": "he" and "in" have no chance, "nd" comes before "and".
  EXPECT_EQ(out, (Tokens{id(" the"), id(" "), id("h"), id("and"), 3 + 0x0A}));
}

// What follows uses files that are not part of the repository.

class RealVocabulary : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(folder / "models")) {
      GTEST_SKIP() << "SKIPPED: no real tokenizers; set RINGLET_TEST_DATA to the folder with them";
    }
  }

  static TestVocabulary llama2c(const char* name, std::uint32_t vocab_size) {
    return TestVocabulary(
        convert::import_llama2c_tokenizer(folder / "models/llama2c" / name, vocab_size));
  }

  static std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.good()) << path;
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// With an output of `room` tokens for each call.
  static Tokens encode(const TestVocabulary& vocabulary, std::string_view text, std::size_t room) {
    AlignedBytes workspace(static_cast<std::size_t>(Tokenizer::workspace_bytes(4096)));
    Tokens all;
    for (std::size_t done = 0; done < text.size();) {
      Tokens out(room);
      const Result<Encoded> encoded =
          encode_words(vocabulary.view(), text.substr(done), done == 0, workspace.span(), out);
      EXPECT_TRUE(encoded.ok());
      if (!encoded) return all;
      all.insert(all.end(), out.begin(),
                 out.begin() + static_cast<std::ptrdiff_t>(encoded->tokens));
      done += encoded->bytes;
    }
    return all;
  }

  /// The prompts of a file of llama2.c's greedy generations, with the ids that llama2.c gave them.
  static void expect_prompts(const TestVocabulary& vocabulary, const char* name) {
    std::istringstream lines(read(folder / "models/expected/llama2c" / name));
    int prompts = 0;
    for (std::string line; std::getline(lines, line); ++prompts) {
      const auto entry = nlohmann::json::parse(line);
      Tokens ids = {1};  // the beginning of text, which is the caller's business
      const Tokens encoded = encode(vocabulary, entry["prompt"].get<std::string>(), 512);
      ids.insert(ids.end(), encoded.begin(), encoded.end());
      EXPECT_EQ(ids, entry["prompt_ids"].get<Tokens>()) << line.substr(0, 80);
    }
    EXPECT_GE(prompts, 5);
  }

  static const std::filesystem::path folder;
};

#ifdef RINGLET_TEST_DATA
const std::filesystem::path RealVocabulary::folder = RINGLET_TEST_DATA;
#else
const std::filesystem::path RealVocabulary::folder = "";
#endif

TEST_F(RealVocabulary, GivesThePromptIdsOfLlama2c) {
  expect_prompts(llama2c("tok512.bin", 512), "stories260K.gen.jsonl");
  expect_prompts(llama2c("tok4096.bin", 4096), "stories3M-q80.gen.jsonl");
}

TEST_F(RealVocabulary, GivesTheIdsOfLlamaCpp) {
  const TestVocabulary vocabulary = llama2c("tokenizer.bin", 32000);
  EXPECT_TRUE(vocabulary.view().splits_before_space);
  const auto vectors = folder / "tokenizers/vectors";
  const std::string input = read(vectors / "ggml-vocab-llama-spm.gguf.inp");
  std::istringstream expected(read(vectors / "ggml-vocab-llama-spm.gguf.out"));
  const std::string separator = "\n__ggml_vocab_test__\n";
  int cases = 0;
  for (std::size_t begin = 0; begin < input.size(); ++cases) {
    const std::size_t end = std::min(input.find(separator, begin), input.size());
    const std::string text = input.substr(begin, end - begin);
    begin = end + separator.size();
    std::string line;
    ASSERT_TRUE(std::getline(expected, line));
    std::istringstream numbers(line);
    const Tokens ids(std::istream_iterator<TokenId>(numbers), {});
    EXPECT_EQ(encode(vocabulary, text, 4096), ids) << text;
  }
  EXPECT_GE(cases, 40);
}

/// A whole book, in calls of different sizes and as a single word: the cuts change nothing.
TEST_F(RealVocabulary, GivesTheSameIdsHoweverTheTextIsCut) {
  const TestVocabulary vocabulary = llama2c("tokenizer.bin", 32000);
  const std::string text = read(folder / "text/tinyshakespeare.txt").substr(0, 100'000);
  const Tokens whole = encode(vocabulary, text, 100'000);
  EXPECT_EQ(encode(vocabulary, text, 64), whole);

  Vocabulary uncut = vocabulary.view();
  uncut.splits_before_space = false;
  AlignedBytes workspace(static_cast<std::size_t>(Tokenizer::workspace_bytes(100'000)));
  Tokens out(100'000);
  const Result<Encoded> encoded = encode_words(uncut, text, true, workspace.span(), out);
  ASSERT_TRUE(encoded.ok());
  out.resize(encoded->tokens);
  EXPECT_EQ(out, whole);
}

}  // namespace
}  // namespace ringlet
