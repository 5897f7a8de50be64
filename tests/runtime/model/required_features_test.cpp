// Which optional parts of the library a model needs, told from its tables.
#include "model/required_features.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "editable_generated.h"
#include "support/model_image.hpp"

namespace ringlet::test {
namespace {

using test_schema::ModelT;

/// The names of the parts that a file needs, with a space after each.
std::string needed(const AlignedBytes& image) {
  const auto model = Model::open(image.span());
  EXPECT_TRUE(model.ok()) << model.status().where() << " " << model.status().what();
  std::string names;
  for (const OptionalFeature& feature : optional_features()) {
    EXPECT_TRUE(feature.built) << feature.name;
    if (model.ok() && feature.needed(*model->tables())) names += std::string(feature.name) + " ";
  }
  return names;
}

Recipe plain() { return {.architecture = small_architecture()}; }

TEST(RequiredFeatures, ALlamaOfIntegersNeedsNothing) {
  EXPECT_EQ(needed(write_image(plain(), all_int8)), "");
  EXPECT_EQ(needed(write_image(plain(), all_int4)), "");
}

TEST(RequiredFeatures, FloatWeights) {
  EXPECT_EQ(needed(write_image(plain(), all_f32)), "float_weights ");
  const convert::WriteOptions head = {MatrixFormat::int8, MatrixFormat::f16, MatrixFormat::int8};
  EXPECT_EQ(needed(write_image(plain(), head)), "float_weights ");
}

TEST(RequiredFeatures, KeyBiasAndNotTurnedKeys) {
  Recipe recipe = plain();
  recipe.hadamard_keys = true;
  EXPECT_EQ(needed(write_image(recipe, all_int8)), "");
  recipe.key_bias = 1;
  EXPECT_EQ(needed(write_image(recipe, all_int8)), "key_bias ");
}

TEST(RequiredFeatures, OtherFamilies) {
  const AlignedBytes image = write_image(plain(), all_int8);
  const auto edited = [&](auto edit) {
    return needed(with_tables(image, [&](ModelT& model) { edit(model, *model.architecture); }));
  };
  using test_schema::ArchitectureT;
  EXPECT_EQ(edited([](ModelT&, ArchitectureT& a) { a.norm = test_schema::NormKind::layer; }),
            "families ");
  EXPECT_EQ(
      edited([](ModelT&, ArchitectureT& a) { a.activation = test_schema::Activation::gelu_erf; }),
      "families ");
  EXPECT_EQ(edited([](ModelT&, ArchitectureT& a) { a.logit_softcap = 30; }), "families ");
  EXPECT_EQ(edited([](ModelT&, ArchitectureT& a) { a.attention_softcap = 30; }), "families ");
  EXPECT_EQ(edited([](ModelT&, ArchitectureT& a) { a.embedding_scale = 2; }), "families ");
  EXPECT_EQ(edited([](ModelT&, ArchitectureT& a) { a.rotary_scale = 2; }), "families ");
  EXPECT_EQ(edited([](ModelT&, ArchitectureT& a) { a.residual_scale = 2; }), "families ");
  EXPECT_EQ(edited([](ModelT&, ArchitectureT& a) { a.parallel_blocks = true; }), "families ");
  EXPECT_EQ(edited([](ModelT&, ArchitectureT& a) { a.norm_after_rotary = true; }), "families ");
  EXPECT_EQ(edited([](ModelT&, ArchitectureT& a) {
              a.query_growth = 0.1F;
              a.query_growth_length = 8;
            }),
            "families ");
  EXPECT_EQ(
      edited([](ModelT& m, ArchitectureT&) { m.layers[1]->rotary = test_schema::Rotary::none; }),
      "families ");
}

TEST(RequiredFeatures, OtherFamiliesByTheTensorsOfALayer) {
  using convert::SourceLayer;
  using Field = std::optional<convert::SourceVector> SourceLayer::*;
  const Architecture a = small_architecture();
  const std::pair<Field, std::uint32_t> fields[] = {{&SourceLayer::attention_norm_bias, a.dim},
                                                    {&SourceLayer::bq, a.query_dim()},
                                                    {&SourceLayer::bk, a.kv_dim()},
                                                    {&SourceLayer::bv, a.kv_dim()},
                                                    {&SourceLayer::bo, a.dim},
                                                    {&SourceLayer::ffn_norm_bias, a.dim},
                                                    {&SourceLayer::b_gate, a.hidden_dim},
                                                    {&SourceLayer::b_up, a.hidden_dim},
                                                    {&SourceLayer::b_down, a.dim},
                                                    {&SourceLayer::post_attention_norm, a.dim},
                                                    {&SourceLayer::post_ffn_norm, a.dim},
                                                    {&SourceLayer::attended_norm, a.query_dim()},
                                                    {&SourceLayer::hidden_norm, a.hidden_dim}};
  for (const auto& [field, length] : fields) {
    convert::SourceModel source = make_source(plain());
    source.layers[1].*field = convert::SourceVector{"extra", std::vector<float>(length, 1.0F)};
    EXPECT_EQ(needed(write_image(source, all_int8)), "families ");
  }
}

TEST(RequiredFeatures, Tokenizers) {
  Recipe recipe = plain();
  recipe.architecture.vocab_size = tokenizer_pieces;
  recipe.tokenizer = true;
  const AlignedBytes image = write_image(recipe, all_int8);
  EXPECT_EQ(needed(image), "");
  const auto edited = [&](auto edit) {
    return needed(with_tables(image, [&](ModelT& model) { edit(*model.tokenizer); }));
  };
  using test_schema::TokenizerT;
  EXPECT_EQ(edited([](TokenizerT& t) { t.kind = test_schema::TokenizerKind::unigram; }),
            "unigram ");
  EXPECT_EQ(edited([](TokenizerT& t) { t.pre_tokenizer = test_schema::PreTokenizer::gpt2; }),
            "byte_pairs ");
  EXPECT_EQ(edited([](TokenizerT& t) {
              t.normalizer = std::make_unique<test_schema::NormalizerT>();
              t.normalizer->trie.assign(256, 0x80000000);
              t.normalizer->trie[0] = 1U << 10;
              t.normalizer->replacements = {0};
            }),
            "normalizers ");
  EXPECT_EQ(
      edited([](TokenizerT& t) { t.kinds[t.added[0]] = test_schema::PieceKind::user_defined; }),
      "added_tokens ");
}

}  // namespace
}  // namespace ringlet::test
