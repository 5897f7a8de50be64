// A .ringlet file as the source of another: everything that it says is carried over, and weights
// keep their values as far as their format can hold them.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "editable_generated.h"
#include "import/source_kind.hpp"
#include "schema/ringlet_generated.h"
#include "source/ringlet/ringlet_source.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/model_image.hpp"

namespace ringlet::test {
namespace {

AlignedBytes rich_model(const convert::WriteOptions& formats) {
  Recipe recipe{.architecture = small_architecture()};
  recipe.architecture.vocab_size = tokenizer_pieces;
  recipe.windows = {0, 20};
  recipe.tokenizer = true;
  recipe.hadamard_keys = true;
  recipe.key_bias = 1;
  return with_tables(write_image(recipe, formats), [](test_schema::ModelT& model) {
    model.chat = std::make_unique<test_schema::ChatFormatT>();
    model.chat->opening = "<o>";
    model.chat->system_prefix = "<s>";
    model.chat->system_suffix = "</s>";
    model.chat->before_reply = "<r>";
    model.chat->after_reply = "</r>";
    model.layers[1]->kv_values = test_schema::KvFormat::int4;
  });
}

convert::SourceModel import_bytes(const TemporaryFolder& folder, const AlignedBytes& bytes) {
  const auto path =
      folder.write("model.ringlet", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  EXPECT_EQ(convert::detect_source(path).kind, convert::SourceKind::ringlet);
  return convert::import_ringlet(path);
}

/// What the tables say, but for where a file comes from.
test_schema::ModelT tables_of(std::span<const std::byte> image) {
  test_schema::ModelT tables;
  test_schema::GetModel(image.data() + sizeof(file::Preamble))->UnPackTo(&tables);
  tables.provenance.reset();
  return tables;
}

TEST(RingletSource, TokenizersKeepTheirStepsNormalizerAndStrips) {
  const TemporaryFolder folder;
  const AlignedBytes image = with_byte_gaps(rich_model(all_int8));
  const auto edited = with_tables(image, [](test_schema::ModelT& model) {
    model.tokenizer->added_strips = {5, 2};
    model.tokenizer->normalizer = std::make_unique<test_schema::NormalizerT>();
    test_schema::NormalizerT& n = *model.tokenizer->normalizer;
    n.trie.assign(256, 0x80000000);
    n.trie[0] = 1U << 10;
    n.replacements = {0, 'b', 0};
    n.combining = {0};
    n.name = "NFC";
  });
  const convert::SourceTokenizer source = *import_bytes(folder, edited).tokenizer;
  EXPECT_EQ(source.pre_tokenizer, PreTokenizer::steps);
  EXPECT_EQ(
      source.word_steps,
      (std::vector<WordStep>{WordStep::punctuation_contiguous, WordStep::gpt2, WordStep::bytes,
                             WordStep::number_contiguous, WordStep::triples}));
  EXPECT_EQ(source.normalizer.name, "NFC");
  EXPECT_EQ(source.normalizer.trie.size(), 256U);
  EXPECT_EQ(source.normalizer.replacements, (std::vector<std::uint8_t>{0, 'b', 0}));
  EXPECT_TRUE(source.normalizer.composes);
  const auto tokens = std::count_if(source.pieces.begin(), source.pieces.end(),
                                    [](const auto& piece) { return piece.takes_space; });
  EXPECT_EQ(tokens, 1);
}

TEST(RingletSource, TheSameFormatsGiveTheSameModel) {
  const TemporaryFolder folder;
  for (const auto& formats : {all_f32, all_int8, all_int4}) {
    const AlignedBytes before = rich_model(formats);
    const AlignedBytes after = write_image(import_bytes(folder, before), formats);
    const test_schema::ModelT expected = tables_of(before.span());
    const test_schema::ModelT actual = tables_of(after.span());
    EXPECT_EQ(actual.architecture->family, expected.architecture->family);
    EXPECT_EQ(actual.architecture->rotary_frequencies, expected.architecture->rotary_frequencies);
    EXPECT_EQ(actual.architecture->context, expected.architecture->context);
    EXPECT_EQ(actual.tokenizer->text, expected.tokenizer->text);
    EXPECT_EQ(actual.tokenizer->scores, expected.tokenizer->scores);
    EXPECT_EQ(actual.tokenizer->kinds, expected.tokenizer->kinds);
    EXPECT_EQ(actual.tokenizer->sorted, expected.tokenizer->sorted);
    EXPECT_EQ(actual.tokenizer->byte_tokens, expected.tokenizer->byte_tokens);
    EXPECT_EQ(actual.tokenizer->added, expected.tokenizer->added);
    EXPECT_EQ(actual.tokenizer->bos, expected.tokenizer->bos);
    EXPECT_EQ(actual.chat->before_reply, expected.chat->before_reply);
    EXPECT_EQ(actual.chat->system_prefix, expected.chat->system_prefix);
    for (std::size_t i = 0; i < expected.layers.size(); ++i) {
      EXPECT_EQ(actual.layers[i]->window, expected.layers[i]->window);
      EXPECT_EQ(actual.layers[i]->hadamard_keys, expected.layers[i]->hadamard_keys);
      EXPECT_EQ(actual.layers[i]->kv_values, expected.layers[i]->kv_values);
      EXPECT_EQ(actual.layers[i]->key_bias->crc32c, expected.layers[i]->key_bias->crc32c);
      EXPECT_EQ(actual.layers[i]->ffn_norm->crc32c, expected.layers[i]->ffn_norm->crc32c);
    }
    if (formats.weights == MatrixFormat::f32) {
      EXPECT_EQ(actual.layers[1]->wq->codes_crc32c, expected.layers[1]->wq->codes_crc32c);
    }
  }
}

TEST(RingletSource, IntegersKeepTheirFormatByDefault) {
  const TemporaryFolder folder;
  const convert::WriteOptions by_default{.keep_codes = convert::all_classes};
  for (const auto& formats : {all_f32, all_int8, all_int4}) {
    const AlignedBytes after = write_image(import_bytes(folder, rich_model(formats)), by_default);
    const test_schema::ModelT tables = tables_of(after.span());
    const bool floats = formats.weights == MatrixFormat::f32;
    EXPECT_EQ(static_cast<MatrixFormat>(tables.layers[1]->w_up->format),
              floats ? MatrixFormat::int4 : formats.weights);
    EXPECT_EQ(static_cast<MatrixFormat>(tables.embedding->format),
              floats ? MatrixFormat::int8 : formats.embedding);
  }
}

TEST(RingletSource, OtherFormatsKeepTheValues) {
  const TemporaryFolder folder;
  const AlignedBytes int4 = rich_model(all_int4);
  const convert::SourceModel source = import_bytes(folder, int4);
  const LoadedModel as_f32(write_image(source, all_f32));
  const auto& matrix = source.layers[0].w_down;
  std::vector<float> row(matrix.columns);
  matrix.read_row(3, row);
  const auto* written = reinterpret_cast<const float*>(
      as_f32.model.data().data() +
      as_f32.model.tables()->layers()->Get(0)->w_down()->codes_offset());
  for (std::uint32_t i = 0; i < matrix.columns; ++i) {
    EXPECT_EQ(written[3 * matrix.columns + i], row[i]) << i;
  }
}

TEST(RingletSource, ADamagedFileIsRefused) {
  const TemporaryFolder folder;
  AlignedBytes bytes = rich_model(all_int8);
  bytes[bytes.size() - 100] ^= std::byte{4};
  const std::string error = error_of([&] { (void)import_bytes(folder, bytes); });
  EXPECT_NE(error.find("is not a complete ringlet model: "), std::string::npos) << error;
}

}  // namespace
}  // namespace ringlet::test
