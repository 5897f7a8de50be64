// Files with valid checksums but false tables: each falsehood is refused, and the error names the
// field.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "editable_generated.h"
#include "schema/ringlet_generated.h"
#include "support/model_image.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

using Tables = test_schema::ModelT;
constexpr std::uint32_t most32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t most64 = std::numeric_limits<std::uint64_t>::max();
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

class ModelMeaning : public testing::Test {
 protected:
  static Recipe recipe() {
    Recipe recipe{.architecture = small_architecture()};
    recipe.architecture.vocab_size = tokenizer_pieces;
    recipe.architecture.tied_embedding = false;
    recipe.tokenizer = true;
    return recipe;
  }

  AlignedBytes image = write_image(recipe(), all_int8);

  /// The field that is blamed after `edit`, or "accepted".
  std::string blamed(const std::function<void(Tables&)>& edit) {
    const AlignedBytes edited = with_tables(image, edit);
    const auto opened = Model::open(edited.span());
    return opened.ok() ? "accepted" : opened.status().where();
  }
};

TEST_F(ModelMeaning, UneditedTablesAreAccepted) {
  EXPECT_EQ(blamed([](Tables&) {}), "accepted");
}

TEST_F(ModelMeaning, SizesMustBePossible) {
  const auto with = [&](auto field, auto value) {
    return blamed([=](Tables& t) { t.architecture.get()->*field = value; });
  };
  using A = test_schema::ArchitectureT;
  for (const std::uint32_t size : {0U, 1U << 25, most32}) {
    EXPECT_EQ(with(&A::vocab_size, size), "vocab_size") << size;
    EXPECT_EQ(with(&A::dim, size), "dim") << size;
    EXPECT_EQ(with(&A::hidden_dim, size), "hidden_dim") << size;
    EXPECT_EQ(with(&A::layers, size), "layers") << size;
    EXPECT_EQ(with(&A::heads, size), "heads") << size;
    EXPECT_EQ(with(&A::kv_heads, size), "kv_heads") << size;
    EXPECT_EQ(with(&A::head_dim, size), "head_dim") << size;
  }
  EXPECT_EQ(with(&A::context, 0U), "context");
  EXPECT_EQ(with(&A::context, most32), "context");
  EXPECT_EQ(with(&A::kv_heads, 3U), "kv_heads");
  EXPECT_EQ(with(&A::kv_heads, 5U), "kv_heads");
  EXPECT_EQ(with(&A::head_dim, 15U), "head_dim");
  EXPECT_EQ(with(&A::rotary_dim, 18U), "rotary_dim");
  EXPECT_EQ(with(&A::rotary_dim, 15U), "rotary_dim");
  EXPECT_EQ(with(&A::rotary_dim, most32), "rotary_dim");
  EXPECT_EQ(with(&A::layers, 3U), "layers");
  EXPECT_EQ(with(&A::layers, 1U), "layers");
  EXPECT_EQ(with(&A::rotary_dim, 14U), "rotary_frequencies");
  EXPECT_EQ(blamed([](Tables& t) { t.architecture->rotary_frequencies.clear(); }),
            "rotary_frequencies");
  EXPECT_EQ(blamed([](Tables& t) { t.architecture->rotary_frequencies.push_back(1); }),
            "rotary_frequencies");
}

TEST_F(ModelMeaning, SizesMustMatchTheTensors) {
  using A = test_schema::ArchitectureT;
  const auto with = [&](auto field, std::uint32_t value) {
    return blamed([=](Tables& t) { t.architecture.get()->*field = value; });
  };
  EXPECT_EQ(with(&A::dim, 48), "embedding");
  EXPECT_EQ(with(&A::vocab_size, 321), "embedding");
  EXPECT_EQ(with(&A::heads, 8), "layers.wq");
  EXPECT_EQ(with(&A::kv_heads, 1), "layers.wk");
  EXPECT_EQ(with(&A::hidden_dim, 73), "layers.w_gate");
}

TEST_F(ModelMeaning, NumbersMustBeFiniteAndPositive) {
  for (const float value : {0.0F, -1.0F, infinity, nan}) {
    EXPECT_EQ(blamed([=](Tables& t) { t.architecture->norm_epsilon = value; }), "norm_epsilon");
    EXPECT_EQ(blamed([=](Tables& t) { t.architecture->attention_scale = value; }),
              "attention_scale");
  }
}

TEST_F(ModelMeaning, MatricesMustFit) {
  const auto wk = [&](auto change) { return blamed([=](Tables& t) { change(*t.layers[1]->wk); }); };
  using M = test_schema::MatrixT;
  const std::string name = "layers.wk";
  EXPECT_EQ(wk([](M& m) { m.rows += 16; }), name);
  EXPECT_EQ(wk([](M& m) { m.rows = most32; }), name);
  EXPECT_EQ(wk([](M& m) { m.columns -= 1; }), name);
  EXPECT_EQ(wk([](M& m) { m.group = 64; }), name);
  EXPECT_EQ(wk([](M& m) { m.group = 0; }), name);
  EXPECT_EQ(wk([](M& m) { m.format = test_schema::MatrixFormat::int4; }), name);
  EXPECT_EQ(wk([](M& m) { m.format = test_schema::MatrixFormat::f32; }), name);
  EXPECT_EQ(wk([](M& m) { m.format = static_cast<test_schema::MatrixFormat>(1); }), name);
  EXPECT_EQ(wk([](M& m) { m.format = static_cast<test_schema::MatrixFormat>(255); }), name);
  EXPECT_EQ(wk([](M& m) { m.codes_size -= 64; }), name);
  EXPECT_EQ(wk([](M& m) { m.codes_size = most64; }), name);
  EXPECT_EQ(wk([](M& m) { m.scales_size = 0; }), name);
  for (const std::uint64_t offset : {most64, most64 - 63, std::uint64_t{1} << 40}) {
    EXPECT_EQ(wk([=](M& m) { m.codes_offset = offset; }), name) << offset;
    EXPECT_EQ(wk([=](M& m) { m.scales_offset = offset; }), name) << offset;
  }
  EXPECT_EQ(wk([](M& m) { m.codes_offset += 32; }), name);
  EXPECT_EQ(wk([](M& m) { m.scales_offset += 2; }), name);
}

TEST_F(ModelMeaning, PlanesMustNotOverlap) {
  EXPECT_EQ(
      blamed([](Tables& t) { t.layers[1]->wk->codes_offset = t.layers[0]->wk->codes_offset; }),
      "layers.wk");
  EXPECT_EQ(
      blamed([](Tables& t) { t.layers[0]->wq->scales_offset = t.layers[0]->wq->codes_offset; }),
      "layers.wq");
  EXPECT_EQ(blamed([](Tables& t) { t.layers[0]->ffn_norm->offset = 0; }), "layers.ffn_norm");
  EXPECT_EQ(blamed([](Tables& t) { t.final_norm->offset -= 64; }), "final_norm");
  EXPECT_EQ(blamed([](Tables& t) { t.lm_head->codes_offset = t.embedding->codes_offset; }),
            "lm_head");
}

TEST_F(ModelMeaning, VectorsMustFit) {
  EXPECT_EQ(blamed([](Tables& t) { t.final_norm->length = 39; }), "final_norm");
  EXPECT_EQ(blamed([](Tables& t) { t.final_norm->size = 40; }), "final_norm");
  EXPECT_EQ(blamed([](Tables& t) { t.final_norm->offset = most64 - 63; }), "final_norm");
  EXPECT_EQ(blamed([](Tables& t) { t.layers[0]->attention_norm->offset += 4; }),
            "layers.attention_norm");
}

TEST_F(ModelMeaning, LayersMustBeKnown) {
  EXPECT_EQ(blamed([](Tables& t) { t.layers.pop_back(); }), "layers");
  EXPECT_EQ(blamed([](Tables& t) { t.layers.clear(); }), "layers");
  EXPECT_EQ(blamed([](Tables& t) { t.layers[1]->window = most32; }), "layers.window");
  EXPECT_EQ(blamed([](Tables& t) { t.layers[1]->kv_keys = static_cast<test_schema::KvFormat>(9); }),
            "layers.kv");
  EXPECT_EQ(
      blamed([](Tables& t) { t.layers[0]->kv_values = static_cast<test_schema::KvFormat>(4); }),
      "layers.kv");
  EXPECT_EQ(blamed([](Tables& t) { t.lm_head.reset(); }), "lm_head");
}

TEST_F(ModelMeaning, OptionsOfFamiliesMustBePossible) {
  using A = test_schema::ArchitectureT;
  const auto with = [&](auto field, auto value) {
    return blamed([=](Tables& t) { t.architecture.get()->*field = value; });
  };
  EXPECT_EQ(with(&A::heads, 1U << 24), "heads") << "2^24 heads of more than one number";
  EXPECT_EQ(with(&A::norm, static_cast<test_schema::NormKind>(9)), "norm");
  EXPECT_EQ(with(&A::activation, static_cast<test_schema::Activation>(9)), "activation");
  for (const float value : {0.0F, -1.0F, infinity, nan}) {
    EXPECT_EQ(with(&A::embedding_scale, value), "embedding_scale") << value;
    EXPECT_EQ(with(&A::rotary_scale, value), "rotary_scale") << value;
    EXPECT_EQ(with(&A::residual_scale, value), "residual_scale") << value;
  }
  for (const float value : {-1.0F, 0.1F, 17.0F, infinity, nan}) {
    EXPECT_EQ(with(&A::query_growth, value), "query_growth") << value << " without a length";
  }
  for (const float value : {-30.0F, 0x1p-11F, 0x1p21F, infinity, nan}) {
    EXPECT_EQ(with(&A::attention_softcap, value), "attention_softcap") << value;
    EXPECT_EQ(with(&A::logit_softcap, value), "logit_softcap") << value;
  }
  EXPECT_EQ(with(&A::logit_softcap, 30.0F), "accepted");
}

TEST_F(ModelMeaning, PartsOfALayerBelongTogether) {
  using test_schema::Rotary;
  EXPECT_EQ(blamed([](Tables& t) { t.layers[1]->rotary = static_cast<Rotary>(9); }),
            "layers.rotary");
  const auto local = [&](bool table, std::uint32_t window) {
    return blamed([=](Tables& t) {
      if (table) t.architecture->rotary_frequencies_local = t.architecture->rotary_frequencies;
      t.layers[1]->rotary = Rotary::local;
      t.layers[1]->window = window;
    });
  };
  EXPECT_EQ(local(false, 16), "layers.rotary");
  EXPECT_EQ(local(true, 0), "layers.rotary");
  EXPECT_EQ(local(true, 16), "accepted");
  const auto copy = [](const auto& vector) {
    return std::make_unique<test_schema::VectorT>(*vector);
  };
  EXPECT_EQ(blamed([&](Tables& t) { t.layers[0]->q_norm = copy(t.final_norm); }), "layers.q_norm");
  EXPECT_EQ(blamed([&](Tables& t) { t.layers[0]->k_norm = copy(t.final_norm); }), "layers.q_norm");
  EXPECT_EQ(blamed([&](Tables& t) {
              t.layers[0]->w_gate.reset();
              t.layers[0]->b_gate = copy(t.final_norm);
            }),
            "layers.b_gate");
}

TEST_F(ModelMeaning, LearnedPositionsCoverTheContext) {
  const auto status_with = [&](std::uint32_t rows) {
    const AlignedBytes edited = with_tables(image, [=](Tables& t) {
      t.positions = std::make_unique<test_schema::MatrixT>(*t.embedding);
      t.positions->rows = rows;
    });
    return Model::open(edited.span()).status();
  };
  const std::uint32_t context = recipe().architecture.trained_context;
  EXPECT_STREQ(status_with(context - 1).where(), "positions");
  EXPECT_EQ(status_with(context - 1).needed(), context);
  EXPECT_STREQ(status_with(most32).where(), "positions");
}

TEST_F(ModelMeaning, SamplingMustBePossible) {
  const auto with = [&](auto field, float value) {
    return blamed([=](Tables& t) {
      if (t.sampling == nullptr) t.sampling = std::make_unique<test_schema::SamplingT>();
      t.sampling.get()->*field = value;
    });
  };
  using S = test_schema::SamplingT;
  for (const float value : {-1.0F, nan, infinity}) {
    EXPECT_EQ(with(&S::temperature, value), "sampling") << value;
    EXPECT_EQ(with(&S::top_p, value), "sampling") << value;
    EXPECT_EQ(with(&S::min_p, value), "sampling") << value;
    EXPECT_EQ(with(&S::repeat_penalty, value), "sampling") << value;
  }
}

TEST_F(ModelMeaning, RequiredFieldsMustBeThere) {
  using L = schema::Layer;
  const auto without = [&](std::uint16_t field, auto table_of) {
    AlignedBytes edited = image;
    const schema::Model* tables = Model::open(edited.span())->tables();
    remove_field(edited.span(), table_of(*tables), field);
    return std::string(Model::open(edited.span()).status().where());
  };
  const auto layer = [](const schema::Model& m) { return m.layers()->Get(0); };
  const auto root = [](const schema::Model& m) { return &m; };
  for (const std::uint16_t field :
       {L::VT_WQ, L::VT_WK, L::VT_WV, L::VT_WO, L::VT_W_UP, L::VT_W_DOWN}) {
    EXPECT_EQ(without(field, layer), "tables") << field;
  }
  EXPECT_EQ(without(L::VT_W_GATE, layer), "layers.w_gate");
  for (const std::uint16_t field : {schema::Model::VT_ARCHITECTURE, schema::Model::VT_EMBEDDING,
                                    schema::Model::VT_LAYERS, schema::Model::VT_FINAL_NORM}) {
    EXPECT_EQ(without(field, root), "tables") << field;
  }
  EXPECT_EQ(without(schema::Model::VT_LM_HEAD, root), "lm_head");
  const auto architecture = [](const schema::Model& m) { return m.architecture(); };
  EXPECT_EQ(without(schema::Architecture::VT_ROTARY_FREQUENCIES, architecture), "tables");
  const auto tokenizer = [](const schema::Model& m) { return m.tokenizer(); };
  EXPECT_EQ(without(schema::Tokenizer::VT_ENDS, tokenizer), "tables");
  EXPECT_EQ(without(schema::Tokenizer::VT_SORTED, tokenizer), "tables");
}

}  // namespace
}  // namespace ringlet::test
