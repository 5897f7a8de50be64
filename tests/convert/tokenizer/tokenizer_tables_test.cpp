// The importer of tokenizer.bin and the tables that the runtime gets.
#include <gtest/gtest.h>

#include <limits>

#include "support/convert_checkpoint.hpp"
#include "support/vocabularies.hpp"
#include "tokenizer/llama2c_tokenizer.hpp"
#include "tokenizer/tokenizer_tables.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;
using test::TemporaryFolder;
using test::tokenizer_file;

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(Llama2cTokenizer, KnowsSpecialTokensAndBytes) {
  const TemporaryFolder folder;
  const auto path =
      folder.write("tokenizer.bin", tokenizer_file({" a", "\xE2\x96\x81\xE2\x96\x81z"}));
  const SourceTokenizer tokenizer = import_llama2c_tokenizer(path, 261);
  ASSERT_EQ(tokenizer.pieces.size(), 261U);
  EXPECT_EQ(tokenizer.unknown, 0);
  EXPECT_EQ(tokenizer.bos, 1);
  EXPECT_EQ(tokenizer.eos, 2);
  EXPECT_EQ(tokenizer.pieces[0].kind, SourcePieceKind::unknown);
  EXPECT_EQ(tokenizer.pieces[1].kind, SourcePieceKind::control);
  EXPECT_EQ(tokenizer.pieces[1].text, "<s>");
  EXPECT_EQ(tokenizer.pieces[2].text, "</s>");
  EXPECT_EQ(tokenizer.pieces[3].kind, SourcePieceKind::byte);
  EXPECT_EQ(tokenizer.pieces[258].text, "<0xFF>");
  EXPECT_EQ(tokenizer.pieces[259].text, " a");
  EXPECT_EQ(tokenizer.pieces[259].score, -1);
  EXPECT_EQ(tokenizer.pieces[260].text, "  z");
}

TEST(Llama2cTokenizer, WithoutBytesHasNormalPiecesOnly) {
  const TemporaryFolder folder;
  const auto path = folder.write("tokenizer.bin", tokenizer_file({"a", "b"}, false));
  const SourceTokenizer tokenizer = import_llama2c_tokenizer(path, 5);
  EXPECT_EQ(tokenizer.pieces[3].kind, SourcePieceKind::normal);
  EXPECT_TRUE(build_tokenizer_tables(tokenizer).byte_tokens.empty());
}

TEST(Llama2cTokenizer, RefusesDamagedFiles) {
  const TemporaryFolder folder;
  const std::string whole = tokenizer_file({"abc"});
  const auto error = [&](const std::string& bytes, std::uint32_t vocab_size) {
    const auto path = folder.write("tokenizer.bin", bytes);
    return error_of([&] { import_llama2c_tokenizer(path, vocab_size); });
  };
  EXPECT_CONTAINS(error(whole, 512), "has 260 tokens, but the model's vocabulary has 512");
  EXPECT_CONTAINS(error("", 260), "is empty");
  for (std::size_t size = 1; size < whole.size(); size += 31) {
    EXPECT_NE(error(whole.substr(0, size), 260), "no error");
  }
  EXPECT_CONTAINS(error(whole.substr(0, whole.size() - 1), 260), "ends inside token 259");
  std::string negative = whole;
  const std::int32_t length = -5;
  std::memcpy(negative.data() + 8, &length, sizeof(length));
  EXPECT_CONTAINS(error(negative, 260), "token 0 a length of -5");
}

SourceTokenizer tokenizer_of(std::initializer_list<std::string> texts) {
  SourceTokenizer tokenizer;
  for (const std::string& text : texts) tokenizer.pieces.push_back({.text = text});
  return tokenizer;
}

TEST(TokenizerTables, SortBytesAsUnsignedAndKeepTheFirstOfDuplicates) {
  SourceTokenizer tokenizer = tokenizer_of({"b", "\xC3\xA9", "", "ab", "a", "ab", " a"});
  tokenizer.pieces.push_back({.text = "aa", .kind = SourcePieceKind::control});
  const TokenizerTables tables = build_tokenizer_tables(tokenizer);
  EXPECT_EQ(tables.sorted, (std::vector<std::uint32_t>{6, 4, 3, 0, 1}));
  EXPECT_EQ(std::string(tables.text.begin(), tables.text.end()),
            "b\xC3\xA9"
            "abaab aaa");
  EXPECT_EQ(tables.ends, (std::vector<std::uint32_t>{1, 3, 3, 5, 6, 8, 10, 12}));
  EXPECT_EQ(tables.longest_piece, 2U);
}

TEST(TokenizerTables, KnowWhetherWordsCanBeEncodedAlone) {
  EXPECT_TRUE(build_tokenizer_tables(tokenizer_of({" a", "  ", "   bc", "d"})).splits_before_space);
  EXPECT_FALSE(build_tokenizer_tables(tokenizer_of({" a", "b c"})).splits_before_space);
  EXPECT_FALSE(build_tokenizer_tables(tokenizer_of({"b "})).splits_before_space);
  SourceTokenizer control = tokenizer_of({" a"});
  control.pieces.push_back({.text = "<a b>", .kind = SourcePieceKind::control});
  EXPECT_TRUE(build_tokenizer_tables(control).splits_before_space);
}

// A piece that no merge leads to counts only where whole words are looked up. The runtime opens
// what is written of both.
TEST(TokenizerTables, PiecesThatNothingLeadsToDoNotJoinWords) {
  SourceTokenizer tokenizer = tokenizer_of({"a", "b", "ab", "a b"});
  tokenizer.encoding = Encoding::bpe;
  tokenizer.merges = {{.left = 0, .right = 1, .result = 2, .rank = 0}};
  EXPECT_TRUE(build_tokenizer_tables(tokenizer).splits_before_space);
  (void)test::LoadedModel(test::write_with_tokenizer(tokenizer, test::all_int8));
  tokenizer.whole_words = true;
  EXPECT_FALSE(build_tokenizer_tables(tokenizer).splits_before_space);
  (void)test::LoadedModel(test::write_with_tokenizer(tokenizer, test::all_int8));
}

TEST(TokenizerTables, RefuseWhatTheRuntimeCannotHold) {
  const auto error = [](const SourceTokenizer& tokenizer) {
    return error_of([&] { build_tokenizer_tables(tokenizer); });
  };
  EXPECT_EQ(error(tokenizer_of({std::string(256, 'x')})), "no error");
  EXPECT_CONTAINS(error(tokenizer_of({"a", std::string(257, 'x')})), "token 1 has 257 bytes");
  SourceTokenizer tokenizer = tokenizer_of({"a"});
  tokenizer.pieces[0].score = std::numeric_limits<float>::quiet_NaN();
  EXPECT_CONTAINS(error(tokenizer), "token 0 has a score that is not finite");
  tokenizer.pieces[0] = {.text = "<0x41>", .kind = SourcePieceKind::byte};
  EXPECT_CONTAINS(error(tokenizer), "no token for 255 of the 256 byte values (the first is 0)");
  tokenizer.pieces[0].text = "<0x4g>";
  EXPECT_CONTAINS(error(tokenizer), "token 0 is a byte");
}

}  // namespace
}  // namespace ringlet::convert
