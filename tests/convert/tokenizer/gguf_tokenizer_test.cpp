// The tokenizer in a GGUF file's metadata: which keys decide tokens, and what they do.
#include <gtest/gtest.h>

#include <functional>

#include "support/convert_checkpoint.hpp"
#include "support/gguf_maker.hpp"
#include "support/pieces.hpp"
#include "tokenizer/gguf_tokenizer.hpp"
#include "tokenizer/import.hpp"
#include "tokenizer/pre_tokenizer.hpp"

namespace ringlet::convert {
namespace {

using test::encode_all;
using test::error_of;
using test::GgufMaker;
using test::TemporaryFolder;
using test::TestVocabulary;
using Tokens = std::vector<TokenId>;
using Texts = std::vector<std::string>;

constexpr std::uint32_t text_type = 8, integer_type = 5, real_type = 6;

void texts(GgufMaker& maker, const std::string& key, const Texts& list) {
  std::string bytes = GgufMaker::raw(text_type) + GgufMaker::raw(std::uint64_t{list.size()});
  for (const std::string& text : list) bytes += GgufMaker::with_length(text);
  maker.entry(key, 9, bytes);
}

template <typename T>
void numbers(GgufMaker& maker, const std::string& key, std::uint32_t type,
             const std::vector<T>& list) {
  std::string bytes = GgufMaker::raw(type) + GgufMaker::raw(std::uint64_t{list.size()});
  for (const T number : list) bytes += GgufMaker::raw(number);
  maker.entry(key, 9, bytes);
}

constexpr TokenId h = 0, e = 1, he = 2, end = 3, user = 4, space = 6, five = 7;

/// Byte-level pairs over h, e, a space and 5: all other bytes have no piece.
GgufMaker byte_level(const char* pre) {
  GgufMaker maker;
  maker.text("tokenizer.ggml.model", "gpt2");
  maker.text("tokenizer.ggml.pre", pre);
  texts(maker, "tokenizer.ggml.tokens",
        {"h", "e", "he", "<|end|>", "<user>", "[PAD5]", "\u0120", "5"});
  numbers<std::int32_t>(maker, "tokenizer.ggml.token_type", integer_type, {1, 1, 1, 3, 4, 5, 1, 1});
  texts(maker, "tokenizer.ggml.merges", {"h e"});
  return maker;
}

SourceTokenizer import_made(const GgufMaker& maker, std::uint32_t vocab_size) {
  const TemporaryFolder folder;
  return import_tokenizer(folder.write("m.gguf", maker.bytes()), vocab_size);
}

/// Merges of characters in the order of their list, and not by scores. What has no piece is bytes.
TEST(GgufTokenizer, Gemma4MergesCharacters) {
  GgufMaker maker;
  maker.text("tokenizer.ggml.model", "gemma4");
  Texts pieces = {"<pad>", "<eos>", "<bos>", "<unk>"};
  std::vector<std::int32_t> types = {3, 3, 3, 3};
  for (unsigned value = 0; value < 256; ++value) {
    char text[8];
    std::snprintf(text, sizeof text, "<0x%02X>", value);
    pieces.emplace_back(text);
    types.push_back(6);
  }
  const auto first = static_cast<TokenId>(pieces.size());
  for (const char* text : {"a", "b", "c", "\u2581", "\n", "bc", "ab", "abc", "\u2581ab", "\n\n"}) {
    pieces.emplace_back(text);
    types.push_back(1);
  }
  texts(maker, "tokenizer.ggml.tokens", pieces);
  numbers<std::int32_t>(maker, "tokenizer.ggml.token_type", integer_type, types);
  texts(maker, "tokenizer.ggml.merges", {"b c", "a b", "a bc", "\u2581 ab", "\n \n"});
  maker.number("tokenizer.ggml.bos_token_id", 2);
  maker.number("tokenizer.ggml.eos_token_id", 1);
  maker.number("tokenizer.ggml.unknown_token_id", 3);
  maker.truth("tokenizer.ggml.add_bos_token", true);
  const auto size = static_cast<std::uint32_t>(pieces.size());
  const SourceTokenizer source = import_made(maker, size);
  EXPECT_EQ(source.bos, 2);
  EXPECT_TRUE(source.add_bos);
  const TestVocabulary vocabulary(source);
  const auto tokens = [&](std::string_view text) {
    Tokens found = encode_all(vocabulary.view(), text);
    for (TokenId& token : found) token = token >= first ? token - first : 1000 + token - 4;
    return found;
  };
  EXPECT_EQ(tokens("abc"), (Tokens{7})) << "b c goes first, then a bc";
  EXPECT_EQ(tokens("abab ab"), (Tokens{6, 6, 8}));
  EXPECT_EQ(tokens("a\n\n\nb  c"), (Tokens{0, 9, 4, 1, 3, 3, 2}));
  EXPECT_EQ(tokens("\u00E9"), (Tokens{1000 + 0xC3, 1000 + 0xA9}));
}

TEST(GgufTokenizer, BytesWithoutAPieceDisappear) {
  GgufMaker maker = byte_level("smollm");
  maker.number("tokenizer.ggml.unknown_token_id", 3);  // which byte-level pairs never write
  const SourceTokenizer source = import_made(maker, 8);
  EXPECT_EQ(source.pre_tokenizer, PreTokenizer::smollm);
  EXPECT_EQ(source.unknown, -1);
  const TestVocabulary vocabulary(source);
  EXPECT_EQ(encode_all(vocabulary.view(), "hxe55 <user>[PAD5]"),
            (Tokens{he, five, five, space, user, five}));
  EXPECT_EQ(encode_all(vocabulary.view(), "<|end|>h", 9, {.enabled = true}), (Tokens{end, h}));
  EXPECT_EQ(encode_all(vocabulary.view(), "<|end|>"), Tokens{e}) << "as text";
}

TEST(GgufTokenizer, PreTokenizersGoByTheirNames) {
  for (const char* name : {"gpt-2", "mpt", "olmo", "jais", "granite-docling"}) {
    EXPECT_EQ(import_made(byte_level(name), 8).pre_tokenizer, PreTokenizer::gpt2) << name;
  }
  for (const char* name : {"smollm", "starcoder", "refact", "command-r", "exaone", "codeshell"}) {
    EXPECT_EQ(import_made(byte_level(name), 8).pre_tokenizer, PreTokenizer::smollm) << name;
  }
  for (const char* name : {"qwen2", "hunyuan", "grok-2", "bailingmoe"}) {
    EXPECT_EQ(import_made(byte_level(name), 8).pre_tokenizer, PreTokenizer::qwen2) << name;
  }
  EXPECT_FALSE(import_made(byte_level("qwen2"), 8).normalizer.trie.empty());
  EXPECT_EQ(import_made(byte_level("qwen35"), 8).pre_tokenizer, PreTokenizer::qwen35);
  EXPECT_EQ(import_made(byte_level("tekken"), 8).pre_tokenizer, PreTokenizer::tekken);
  EXPECT_EQ(import_made(byte_level("seed-coder"), 8).pre_tokenizer, PreTokenizer::seed_coder);
  EXPECT_EQ(import_made(byte_level("falcon"), 8).word_steps, falcon_steps());
  EXPECT_EQ(import_made(byte_level("deepseek-coder"), 8).word_steps, deepseek_coder_steps());
  EXPECT_EQ(import_made(byte_level("hunyuan-dense"), 8).word_steps, deepseek3_steps());
  EXPECT_EQ(import_made(byte_level("minicpm5"), 8).word_steps, minicpm5_steps());
  GgufMaker llama = byte_level("falcon3");
  llama.number("tokenizer.ggml.bos_token_id", 3);
  EXPECT_TRUE(import_made(llama, 8).add_bos) << "unless the file says otherwise";
  EXPECT_TRUE(import_made(llama, 8).whole_words);
  for (const char* name : {"default", "deepseek-llm", "viking", ""}) {
    EXPECT_NE(error_of([&] { import_made(byte_level(name), 8); }).find("is not a pre-tokenizer"),
              std::string::npos)
        << name;
  }
}

TEST(GgufTokenizer, TokensBehindATextAreRefused) {
  for (const char* key : {"tokenizer.ggml.add_eos_token", "tokenizer.ggml.add_sep_token"}) {
    GgufMaker maker = byte_level("gpt-2");
    maker.truth(key, true);
    EXPECT_NE(error_of([&] { import_made(maker, 8); }).find(key), std::string::npos);
  }
}

/// SentencePiece: scores, bytes, and how spaces are treated.
TEST(GgufTokenizer, OfSentencePieceTakesTypesAndSpaces) {
  GgufMaker maker;
  maker.text("tokenizer.ggml.model", "llama");
  texts(maker, "tokenizer.ggml.tokens", {"<unk>", "<s>", "\u2581", "a", "\u2581a", "<t>"});
  numbers<std::int32_t>(maker, "tokenizer.ggml.token_type", integer_type, {2, 3, 1, 1, 1, 4});
  numbers<float>(maker, "tokenizer.ggml.scores", real_type, {0, 0, -2, -3, -1, 0});
  maker.number("tokenizer.ggml.unknown_token_id", 0);
  maker.truth("tokenizer.ggml.add_space_prefix", false);
  const auto ids = [](const GgufMaker& made, const char* text) {
    return encode_all(TestVocabulary(import_made(made, 6)).view(), text, 99, {.enabled = true});
  };
  EXPECT_EQ(ids(maker, "a  a<t>"), (Tokens{3, 2, 4, 5}));
  EXPECT_EQ(ids(maker, "<unk>a<s>"), (Tokens{0, 3, 1}));
  maker.truth("tokenizer.ggml.remove_extra_whitespaces", true);
  EXPECT_EQ(ids(maker, "a  a<t>"), (Tokens{3, 4, 5}));
}

}  // namespace
}  // namespace ringlet::convert
