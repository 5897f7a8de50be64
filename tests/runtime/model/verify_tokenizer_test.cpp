// A tokenizer that contradicts itself is refused when the file is opened, because afterwards it is
// trusted.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "editable_generated.h"
#include "support/model_image.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

using TokenizerT = test_schema::TokenizerT;

class ModelTokenizer : public testing::Test {
 protected:
  static AlignedBytes make() {
    Recipe recipe{.architecture = small_architecture()};
    recipe.architecture.vocab_size = tokenizer_pieces;
    recipe.tokenizer = true;
    return write_image(recipe, all_int8);
  }
  AlignedBytes image = make();

  std::string blamed(const std::function<void(TokenizerT&)>& edit) {
    const AlignedBytes edited =
        with_tables(image, [&](test_schema::ModelT& t) { edit(*t.tokenizer); });
    const auto opened = Model::open(edited.span());
    return opened.ok() ? "accepted" : opened.status().where();
  }
};

TEST_F(ModelTokenizer, UneditedIsAccepted) {
  EXPECT_EQ(blamed([](TokenizerT&) {}), "accepted");
}

TEST_F(ModelTokenizer, TablesHaveOneEntryForEachToken) {
  EXPECT_EQ(blamed([](TokenizerT& t) { t.ends.pop_back(); }), "tokenizer");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.scores.pop_back(); }), "tokenizer");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.kinds.push_back(test_schema::PieceKind::normal); }),
            "tokenizer");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.ends.clear(); }), "tokenizer");
}

TEST_F(ModelTokenizer, EndsAscendInsideTheText) {
  EXPECT_EQ(blamed([](TokenizerT& t) { t.ends[5] = t.ends[4] - 1; }), "tokenizer.ends");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.ends[5] = 0xFFFFFFFF; }), "tokenizer.ends");
  EXPECT_EQ(blamed([](TokenizerT& t) { ++t.ends.back(); }), "tokenizer.ends");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.text.push_back('x'); }), "tokenizer.text");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.longest_piece += 1; }), "tokenizer.longest_piece");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.longest_piece = 0; }), "tokenizer.longest_piece");
}

TEST_F(ModelTokenizer, PiecesLongerThanTheDetokenizerHoldsAreRefused) {
  EXPECT_EQ(blamed([](TokenizerT& t) {
              t.text.insert(t.text.end(), 300, 'y');
              t.ends.back() += 300;
              t.longest_piece = t.ends.back() - t.ends[t.ends.size() - 2];
            }),
            "tokenizer.longest_piece");
}

TEST_F(ModelTokenizer, ScoresAreFinite) {
  EXPECT_EQ(blamed([](TokenizerT& t) { t.scores[300] = std::numeric_limits<float>::quiet_NaN(); }),
            "tokenizer.scores");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.scores[0] = -std::numeric_limits<float>::infinity(); }),
            "tokenizer.scores");
}

TEST_F(ModelTokenizer, KindsAreKnown) {
  EXPECT_EQ(blamed([](TokenizerT& t) { t.kinds[7] = static_cast<test_schema::PieceKind>(6); }),
            "tokenizer.kinds");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.kind = static_cast<test_schema::TokenizerKind>(3); }),
            "tokenizer.kind");
}

TEST_F(ModelTokenizer, TheIndexIsSortedAndComplete) {
  EXPECT_EQ(blamed([](TokenizerT& t) { std::swap(t.sorted[3], t.sorted[4]); }), "tokenizer.sorted");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.sorted[4] = t.sorted[3]; }), "tokenizer.sorted");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.sorted[0] = tokenizer_pieces; }), "tokenizer.sorted");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.sorted[0] = 0xFFFFFFFF; }), "tokenizer.sorted");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.sorted[0] = 1; }), "tokenizer.sorted")
      << "a control token";
}

TEST_F(ModelTokenizer, SpecialTokensAreInTheVocabulary) {
  for (const std::int32_t id :
       {-2, static_cast<std::int32_t>(tokenizer_pieces), std::numeric_limits<std::int32_t>::min(),
        std::numeric_limits<std::int32_t>::max()}) {
    EXPECT_EQ(blamed([=](TokenizerT& t) { t.bos = id; }), "tokenizer.bos") << id;
    EXPECT_EQ(blamed([=](TokenizerT& t) { t.eos = id; }), "tokenizer.eos") << id;
    EXPECT_EQ(blamed([=](TokenizerT& t) { t.unknown = id; }), "tokenizer.unknown") << id;
  }
  EXPECT_EQ(blamed([](TokenizerT& t) { t.bos = t.eos = t.unknown = -1; }), "accepted");
}

TEST_F(ModelTokenizer, ByteTokensAreAllOrNone) {
  ASSERT_EQ(blamed([](TokenizerT& t) { EXPECT_EQ(t.byte_tokens.size(), 256U); }), "accepted");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.byte_tokens.pop_back(); }), "tokenizer.byte_tokens");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.byte_tokens[255] = tokenizer_pieces; }),
            "tokenizer.byte_tokens");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.byte_tokens.clear(); }), "accepted");
}

TEST_F(ModelTokenizer, AddedTokensAreSortedControlOrUserDefinedPieces) {
  ASSERT_EQ(blamed([](TokenizerT& t) { EXPECT_EQ(t.added.size(), 2U); }), "accepted");
  EXPECT_EQ(blamed([](TokenizerT& t) { std::swap(t.added[0], t.added[1]); }), "tokenizer.added");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.added[0] = 300; }), "tokenizer.added");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.added[1] = tokenizer_pieces; }), "tokenizer.added");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.added.pop_back(); }), "tokenizer.added_strips");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.added_strips[0] = 7; }), "accepted");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.added_strips[0] = 8; }), "tokenizer.added_strips");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.end_tokens = {tokenizer_pieces}; }),
            "tokenizer.end_tokens");
}

TEST_F(ModelTokenizer, CharacterClassesAscendFromZero) {
  EXPECT_EQ(blamed([](TokenizerT& t) { t.character_classes = {0, 65 << 3 | 2}; }), "accepted");
  for (const std::vector<std::uint32_t>& ranges :
       {std::vector<std::uint32_t>{8}, {0, 8, 9}, {0, 16, 8}}) {
    EXPECT_EQ(blamed([&](TokenizerT& t) { t.character_classes = ranges; }),
              "tokenizer.character_classes");
  }
}

TEST_F(ModelTokenizer, StepsAreKnownAndThereWhereTheyAreUsed) {
  using Step = test_schema::WordStep;
  const auto blamed_with = [&](const std::vector<Step>& steps, bool used = true) {
    return blamed([&](TokenizerT& t) {
      if (used) t.pre_tokenizer = test_schema::PreTokenizer::steps;
      t.word_steps = steps;
    });
  };
  EXPECT_EQ(blamed_with({Step::punctuation_contiguous, Step::gpt2, Step::bytes, Step::triples}),
            "accepted");
  EXPECT_EQ(blamed_with(std::vector<Step>(8, Step::number_contiguous)), "accepted");
  EXPECT_EQ(blamed_with({}), "tokenizer.word_steps");
  EXPECT_EQ(blamed_with({Step::gpt2}, false), "tokenizer.word_steps");
  EXPECT_EQ(blamed_with(std::vector<Step>(9, Step::gpt2)), "tokenizer.word_steps");
  for (const int unknown : {2, 7, 23, 29, 31, 32, 56, 255}) {
    EXPECT_EQ(blamed_with({Step::gpt2, static_cast<Step>(unknown)}), "tokenizer.word_steps");
  }
  EXPECT_EQ(
      blamed([](TokenizerT& t) { t.pre_tokenizer = static_cast<test_schema::PreTokenizer>(11); }),
      "tokenizer.kind");
}

TEST_F(ModelTokenizer, ByteLevelNeedsEveryByte) {
  EXPECT_EQ(blamed([](TokenizerT& t) { t.byte_level = true; }), "accepted");
  EXPECT_EQ(blamed([](TokenizerT& t) {
              t.byte_level = true;
              t.byte_tokens.clear();
            }),
            "tokenizer.byte_tokens");
}

/// Only byte-pair encoding of bytes leaves bytes out; everything else would write the mark.
TEST_F(ModelTokenizer, BytesWithoutATokenAreMarkedAtByteLevelOnly) {
  using Kind = test_schema::TokenizerKind;
  image = with_byte_gaps(image);
  EXPECT_EQ(blamed([](TokenizerT&) {}), "accepted");
  for (const std::uint32_t mark : {0xFFFFFFFEU, tokenizer_pieces}) {
    EXPECT_EQ(blamed([&](TokenizerT& t) { t.byte_tokens[200] = mark; }), "tokenizer.byte_tokens");
  }
  EXPECT_EQ(blamed([](TokenizerT& t) { t.byte_level = false; }), "tokenizer.byte_tokens");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.kind = Kind::unigram; }), "tokenizer.byte_tokens");
  EXPECT_EQ(blamed([](TokenizerT& t) { t.kind = Kind::sentencepiece_bpe; }),
            "tokenizer.byte_tokens");
}

class ModelMerges : public ModelTokenizer {
 protected:
  /// The pieces "t" and "he" make "the", as one merge.
  std::string blamed_with(const std::function<void(TokenizerT&)>& edit) {
    return blamed([&](TokenizerT& t) {
      const std::uint32_t left = 269 + ('t' - 'a');
      t.kind = test_schema::TokenizerKind::bpe;
      t.merge_begins.assign(tokenizer_pieces + 1, 0);
      for (std::size_t i = left + 1; i < t.merge_begins.size(); ++i) t.merge_begins[i] = 1;
      t.merge_rights = {259};
      t.merge_results = {266};
      t.merge_ranks = {0};
      edit(t);
    });
  }
};

TEST_F(ModelMerges, AreConsistent) {
  EXPECT_EQ(blamed_with([](TokenizerT&) {}), "accepted");
  EXPECT_EQ(blamed_with([](TokenizerT& t) { t.merge_begins.pop_back(); }),
            "tokenizer.merge_begins");
  EXPECT_EQ(blamed_with([](TokenizerT& t) { t.merge_begins[0] = 1; }), "tokenizer.merge_begins");
  EXPECT_EQ(blamed_with([](TokenizerT& t) { t.merge_begins[5] = 7; }), "tokenizer.merge_begins");
  EXPECT_EQ(blamed_with([](TokenizerT& t) { t.merge_ranks.clear(); }), "tokenizer.merges");
  EXPECT_EQ(blamed_with([](TokenizerT& t) { t.merge_rights[0] = tokenizer_pieces; }),
            "tokenizer.merge_rights");
  EXPECT_EQ(blamed_with([](TokenizerT& t) { t.merge_results[0] = 0xFFFFFFFF; }),
            "tokenizer.merge_results");
  EXPECT_EQ(blamed_with([](TokenizerT& t) { t.merge_results[0] = 259; }),
            "tokenizer.merge_results");
}

TEST_F(ModelTokenizer, NormalizersStayInsideTheirTables) {
  using NormalizerT = test_schema::NormalizerT;
  const auto blamed_of = [&](const std::function<void(NormalizerT&)>& edit) {
    return blamed([&](TokenizerT& t) {
      t.normalizer = std::make_unique<NormalizerT>();
      NormalizerT& n = *t.normalizer;
      n.trie.assign(256, 0x80000000);
      // Below the root at offset 1 the letter a, whose value at offset 2 is text 1.
      n.trie[0] = 1U << 10;
      n.trie[1 ^ 'a'] = (1U ^ 'a' ^ 2U) << 10 | 1U << 8 | 'a';
      n.trie[2] = 0x80000001;
      n.replacements = {0, 'b', 0};
      n.combining = {0, 300U << 9 | 230};
      n.compositions = {(std::uint64_t{'a'} << 21 | 300) << 21 | 400};
      edit(n);
    });
  };
  EXPECT_EQ(blamed_of([](NormalizerT&) {}), "accepted");
  EXPECT_EQ(blamed_of([](NormalizerT& n) { n.trie.pop_back(); }), "normalizer.trie");
  EXPECT_EQ(blamed_of([](NormalizerT& n) { n.trie.clear(); }), "normalizer.trie");
  EXPECT_EQ(blamed_of([](NormalizerT& n) { n.trie[0] = 0x80000000; }), "normalizer.trie");
  EXPECT_EQ(blamed_of([](NormalizerT& n) { n.trie[0] = 256U << 10; }), "normalizer.trie");
  EXPECT_EQ(blamed_of([](NormalizerT& n) { n.trie[7] = 0x3FFU << 21 | 1U << 9; }),
            "normalizer.trie");
  EXPECT_EQ(blamed_of([](NormalizerT& n) { n.trie[2] = 0x80000003; }), "normalizer.trie");
  EXPECT_EQ(blamed_of([](NormalizerT& n) { n.trie[2] = 0; }), "normalizer.trie");
  EXPECT_EQ(blamed_of([](NormalizerT& n) { n.replacements.back() = 'c'; }),
            "normalizer.replacements");
  EXPECT_EQ(blamed_of([](NormalizerT& n) {
              n.replacements.assign(67, 'c');
              n.replacements.front() = n.replacements.back() = 0;
            }),
            "normalizer.replacements");
  EXPECT_EQ(blamed_of([](NormalizerT& n) { n.combining[0] = 1U << 9; }), "normalizer.combining");
  EXPECT_EQ(blamed_of([](NormalizerT& n) { n.combining[1] = 1; }), "normalizer.combining");
  EXPECT_EQ(blamed_of([](NormalizerT& n) { n.compositions.push_back(1); }),
            "normalizer.compositions");
  EXPECT_EQ(blamed_of([](NormalizerT& n) { n.compositions[0] |= 0x110000; }),
            "normalizer.compositions");
}

}  // namespace
}  // namespace ringlet::test
