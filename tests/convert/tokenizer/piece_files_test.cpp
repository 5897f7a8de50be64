// SentencePiece models and tiktoken's ranks: what the readers take over, and that they name the
// fault.
#include <gtest/gtest.h>

#include "support/convert_checkpoint.hpp"
#include "support/pieces.hpp"
#include "tokenizer/double_array_builder.hpp"
#include "tokenizer/sentencepiece.hpp"
#include "tokenizer/tiktoken.hpp"

namespace ringlet::convert {
namespace {

using test::encode_all;
using test::error_of;
using test::TestVocabulary;

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

// SentencePiece models are written here field by field, from the format's description.

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value > 0x7F; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}

std::string message(unsigned field, const std::string& bytes) {
  return varint(field << 3 | 2) + varint(bytes.size()) + bytes;
}

std::string number(unsigned field, std::uint64_t value) {
  return varint(field << 3) + varint(value);
}

std::string piece(const std::string& text, float score, unsigned type) {
  std::string body = message(1, text) + varint(2 << 3 | 5);
  test::append(body, score);
  return message(1, body + number(3, type));
}

std::string model(unsigned type, const std::string& normalizer = "") {
  return piece("<unk>", 0, 2) + piece("<s>", 0, 3) + piece("</s>", 0, 3) + piece("\u2581a", -1, 1) +
         piece("\u2581", -2, 1) + piece("a", -3, 1) + piece("<t>", 0, 4) +
         message(2, number(3, type)) + message(3, normalizer);
}

TEST(SentencePiece, ModelsAreReadAndUsed) {
  for (const unsigned type : {1U, 2U}) {
    const SourceTokenizer source = read_sentencepiece(model(type), "m");
    EXPECT_EQ(source.encoding, type == 1 ? Encoding::unigram : Encoding::sentencepiece_bpe);
    EXPECT_EQ(source.unknown_score, -13);
    EXPECT_TRUE(source.collapse_spaces);
    EXPECT_EQ(source.pieces[6].kind, SourcePieceKind::user_defined);
    EXPECT_EQ(encode_all(TestVocabulary(source).view(), "a  a<t> ß"),
              (std::vector<TokenId>{3, 3, 6, 4, 0}));
  }
  const SourceTokenizer plain = read_sentencepiece(model(2, number(3, 0) + number(4, 0)), "m");
  EXPECT_FALSE(plain.add_space_prefix);
  EXPECT_FALSE(plain.collapse_spaces);
}

/// A charsmap that writes an A as a: the size of the trie, the trie, the texts.
std::string charsmap() {
  std::vector<std::uint32_t> trie = build_double_array({{"A", 0}});
  std::string bytes;
  test::append(bytes, static_cast<std::uint32_t>(4 * trie.size()));
  for (const std::uint32_t unit : trie) test::append(bytes, unit);
  return bytes + std::string("a\0", 2);
}

TEST(SentencePiece, CharsmapsAreApplied) {
  const SourceTokenizer source = read_sentencepiece(model(1, message(2, charsmap())), "m");
  EXPECT_EQ(encode_all(TestVocabulary(source).view(), "A a<t>A"),
            (std::vector<TokenId>{3, 3, 6, 3}));
}

TEST(SentencePiece, DamagedAndUnknownModelsAreRefused) {
  const auto error = [](const std::string& bytes) {
    return error_of([&] { read_sentencepiece(bytes, "m"); });
  };
  const std::string whole = model(2);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string text = error(whole.substr(0, size));
    // A model without its last fields is one with defaults; inside a field it is truncated.
    EXPECT_TRUE(text == "no error" || text.starts_with("m")) << text;
  }
  EXPECT_CONTAINS(error(whole.substr(0, 29)), "is truncated");
  EXPECT_CONTAINS(error(model(3)), "m: trainer_spec: model_type is 3");
  EXPECT_CONTAINS(error(model(2, message(2, "map"))), "normalizer_spec: precompiled_charsmap");
  EXPECT_CONTAINS(error(piece("a", 0, 9)), "m: piece 0: has type 9");
  EXPECT_CONTAINS(error(model(2) + message(2, number(41, 7))), "names token 7 of 7");
  EXPECT_CONTAINS(error("\x0F"), "wire type 7");
  EXPECT_CONTAINS(error(std::string(12, '\xFF')), "more than ten bytes");
}

TEST(Tiktoken, PiecesAreReadByRank) {
  const std::vector<SourcePiece> pieces = read_tiktoken("YQ== 1\nYWI= 2\nIGE= 0\n", "r");
  ASSERT_EQ(pieces.size(), 3U);
  EXPECT_EQ(pieces[0].text, " a");
  EXPECT_EQ(pieces[2].text, "ab");
  EXPECT_TRUE(is_tiktoken("YQ== 1\n"));
  EXPECT_FALSE(is_tiktoken("{\"a\": 1}"));
  const auto error = [](const char* text) { return error_of([&] { read_tiktoken(text, "r"); }); };
  EXPECT_CONTAINS(error("YQ== 1\nYQ 2"), "r: line 2 is not base64");
  EXPECT_CONTAINS(error("YQ== x"), "r: line 1");
  EXPECT_CONTAINS(error("YQ== 1\nYWI= 1"), "have the same id 1");
  EXPECT_CONTAINS(error("YQ== 4000000000"), "beyond any vocabulary");
}

}  // namespace
}  // namespace ringlet::convert
