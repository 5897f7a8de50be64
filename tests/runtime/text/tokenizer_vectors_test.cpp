// Real tokenizers, read from every kind of file that they come in, against the ids that llama.cpp
// gives for its own test cases; and the text back from the ids.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "support/pieces.hpp"
#include "support/random.hpp"
#include "tokenizer/import.hpp"

namespace ringlet {
namespace {

using test::encode_all;
using test::TestVocabulary;
using Tokens = std::vector<TokenId>;
namespace fs = std::filesystem;

const fs::path folder = fs::path(RINGLET_TEST_DATA) / "tokenizers";

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Case {
  std::string text;
  Tokens tokens;
};

std::vector<Case> cases_of(const std::string& name) {
  const fs::path base = folder / "vectors" / ("ggml-vocab-" + name + ".gguf");
  const std::string texts = read(base.string() + ".inp");
  std::istringstream lines(read(base.string() + ".out"));
  const std::string separator = "\n__ggml_vocab_test__\n";
  std::vector<Case> cases;
  std::string line;
  for (std::size_t at = 0; at <= texts.size() && std::getline(lines, line);) {
    const std::size_t end = std::min(texts.find(separator, at), texts.size());
    std::istringstream ids(line);
    cases.push_back({texts.substr(at, end - at), {std::istream_iterator<TokenId>(ids), {}}});
    at = end + separator.size();
  }
  return cases;
}

/// The bytes of the pieces, without the space that was put in front.
std::string text_of(const TestVocabulary& vocabulary, const Tokens& tokens) {
  const Vocabulary view = vocabulary.view();
  std::string text;
  for (const TokenId token : tokens) {
    const std::string piece(view.piece(token));
    const bool is_byte = vocabulary.source().pieces[token].kind == convert::SourcePieceKind::byte;
    text += is_byte ? std::string(1, static_cast<char>(convert::byte_piece_value(piece))) : piece;
  }
  if (view.add_space_prefix && text.starts_with(' ')) text.erase(0, 1);
  return text;
}

/// A text without the bytes that have no piece.
std::string known_part(const TestVocabulary& vocabulary, const std::string& text) {
  if (!vocabulary.source().byte_level) return text;
  const std::vector<std::uint32_t> pieces = convert::byte_pieces(vocabulary.source());
  std::string known;
  for (const char c : text) {
    if (pieces[static_cast<std::uint8_t>(c)] != Tokenizer::none) known += c;
  }
  return known;
}

struct Source {
  const char* file;
  std::uint32_t vocab_size;
  const char* vectors;
};

void PrintTo(const Source& source, std::ostream* out) { *out << source.file; }

class TokenizerVectors : public testing::TestWithParam<Source> {
 protected:
  void SetUp() override {
    if (!fs::exists(folder)) {
      GTEST_SKIP() << "SKIPPED: no real tokenizers; set RINGLET_TEST_DATA to the folder with them";
    }
  }
};

TEST_P(TokenizerVectors, GiveTheSameIds) {
  const auto [file, vocab_size, vectors] = GetParam();
  const TestVocabulary vocabulary(convert::import_tokenizer(folder / file, vocab_size));
  const std::vector<Case> cases = cases_of(vectors);
  ASSERT_EQ(cases.size(), 46U);
  for (const Case& c : cases) {
    ASSERT_EQ(encode_all(vocabulary.view(), c.text), c.tokens) << c.text;
    // However the output is cut.
    ASSERT_EQ(encode_all(vocabulary.view(), c.text, 1), c.tokens) << c.text;
    EXPECT_EQ(text_of(vocabulary, c.tokens), c.text);
  }
}

/// Any bytes at all: characters of all lengths, spaces of all kinds, and what is no UTF-8.
std::string random_text(test::Random& random) {
  static const std::vector<std::string> parts = {
      "a",    "Word",       "'LL",     "don't",       " ",       "  ",      "\t",
      "\n",   "\r\n",       "1234567", "٣",           "é",       "e\u0301", "ß",
      "中文", "한국어",     "🦙",    "👩‍🚀", "\u00A0",  "\u3000",  "…",
      "<s>",  "<|im_end|>", "<0x41>",  "\xE2\x96",    "\xF0\x9F"};
  std::string text;
  for (std::uint32_t n = random.below(30); n > 0; --n) {
    if (random.below(6) == 0) {
      text += static_cast<char>(random.below(256));
    } else {
      text += parts[random.below(static_cast<std::uint32_t>(parts.size()))];
    }
  }
  return text;
}

TEST_P(TokenizerVectors, GiveBackTheNormalFormOfAnyText) {
  const auto [file, vocab_size, vectors] = GetParam();
  const TestVocabulary vocabulary(convert::import_tokenizer(folder / file, vocab_size));
  test::Random random(11);
  for (int i = 0; i < 2000; ++i) {
    const std::string text = random_text(random);
    const Tokens tokens = encode_all(vocabulary.view(), text);
    ASSERT_EQ(text_of(vocabulary, tokens),
              known_part(vocabulary, test::normal_form(vocabulary.view().normalizer, text)));
    ASSERT_EQ(encode_all(vocabulary.view(), text, 1 + random.below(4)), tokens) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Real, TokenizerVectors,
    testing::Values(Source{"vectors/ggml-vocab-gpt-2.gguf", 50257, "gpt-2"},
                    Source{"gpt2/tokenizer.json", 50257, "gpt-2"},
                    Source{"gpt2/vocab.json", 50257, "gpt-2"},
                    Source{"falcon/tokenizer.json", 65024, "falcon"},
                    Source{"vectors/ggml-vocab-llama-spm.gguf", 32000, "llama-spm"},
                    Source{"llama2/tokenizer.model", 32000, "llama-spm"},
                    Source{"../models/llama2c/tokenizer.bin", 32000, "llama-spm"},
                    Source{"qwen2/vocab.json", 151936, "qwen2"},
                    Source{"llama3/tokenizer.model", 128256, "llama-bpe"}),
    [](const auto& source) {
      std::string name = std::string(source.param.vectors) + "_" + source.param.file;
      for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
      return name;
    });

TEST(RealTokenizerFiles, AKnownDamagedOneIsRefused) {
  if (!fs::exists(folder)) {
    GTEST_SKIP() << "SKIPPED: no real tokenizers; set RINGLET_TEST_DATA to the folder with them";
  }
  // Its no-break spaces have become spaces, which separate the two sides of a merge.
  try {
    convert::import_tokenizer(folder / "llama2/tokenizer.json", 32000);
    FAIL() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("merges: merge 18917 is"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace ringlet
