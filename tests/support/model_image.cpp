#include "support/model_image.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <utility>

#include "base/crc32c.hpp"
#include "editable_generated.h"
#include "support/round_up.hpp"

namespace ringlet::test {
namespace {

/// The image with these tables in the place of its own.
AlignedBytes put_together(const AlignedBytes& image, const flatbuffers::FlatBufferBuilder& tables) {
  file::Preamble preamble = preamble_of(image.span());
  const std::span<const std::byte> segment =
      image.span().subspan(static_cast<std::size_t>(preamble.segment_offset));
  const std::size_t tables_end = sizeof(preamble) + tables.GetSize();
  preamble.tables_size = tables.GetSize();
  preamble.segment_offset = round_up(tables_end, file::segment_alignment);

  AlignedBytes out(static_cast<std::size_t>(preamble.segment_offset) + segment.size());
  std::memcpy(out.data() + sizeof(preamble), tables.GetBufferPointer(), tables.GetSize());
  std::memcpy(out.data() + preamble.segment_offset, segment.data(), segment.size());
  std::memcpy(out.data(), &preamble, sizeof(preamble));
  seal(out.span());
  return out;
}

test_schema::ModelT tables_of(const AlignedBytes& image) {
  test_schema::ModelT tables;
  test_schema::GetModel(image.data() + preamble_of(image.span()).tables_offset)->UnPackTo(&tables);
  return tables;
}

}  // namespace

AlignedBytes write_image(const convert::SourceModel& source, const convert::WriteOptions& options) {
  return AlignedBytes(convert::write_model_to_memory(source, options));
}

AlignedBytes write_image(const Recipe& recipe, const convert::WriteOptions& options) {
  return write_image(make_source(recipe), options);
}

LoadedModel::LoadedModel(AlignedBytes image) : bytes(std::move(image)) {
  const Result<Model> opened = Model::open(bytes.span());
  std::array<char, 256> line{};
  EXPECT_TRUE(opened.ok()) << describe(opened.status(), line);
  model = *opened;
}

file::Preamble preamble_of(std::span<const std::byte> image) {
  file::Preamble preamble{};
  std::memcpy(&preamble, image.data(), sizeof(preamble));
  return preamble;
}

void put_preamble(std::span<std::byte> image, file::Preamble preamble) {
  preamble.preamble_crc32c = 0;
  preamble.preamble_crc32c = crc32c(std::as_bytes(std::span(&preamble, 1)));
  std::memcpy(image.data(), &preamble, sizeof(preamble));
}

void seal(std::span<std::byte> image) {
  file::Preamble preamble = preamble_of(image);
  if (preamble.tables_offset <= image.size() &&
      preamble.tables_size <= image.size() - preamble.tables_offset) {
    preamble.tables_crc32c = crc32c(image.subspan(static_cast<std::size_t>(preamble.tables_offset),
                                                  static_cast<std::size_t>(preamble.tables_size)));
  }
  put_preamble(image, preamble);
}

AlignedBytes with_tables(const AlignedBytes& image,
                         const std::function<void(test_schema::ModelT&)>& edit) {
  test_schema::ModelT tables = tables_of(image);
  edit(tables);
  flatbuffers::FlatBufferBuilder builder;
  test_schema::FinishModelBuffer(builder, test_schema::Model::Pack(builder, &tables));
  return put_together(image, builder);
}

AlignedBytes with_every_field(const AlignedBytes& image) {
  const test_schema::ModelT tables = tables_of(image);
  flatbuffers::FlatBufferBuilder builder;
  builder.ForceDefaults(true);
  builder.DedupVtables(false);
  test_schema::FinishModelBuffer(builder, test_schema::Model::Pack(builder, &tables));
  return put_together(image, builder);
}

AlignedBytes with_byte_gaps(const AlignedBytes& image) {
  return with_tables(image, [](test_schema::ModelT& model) {
    using Step = test_schema::WordStep;
    test_schema::TokenizerT& t = *model.tokenizer;
    t.kind = test_schema::TokenizerKind::bpe;
    t.byte_level = true;
    t.pre_tokenizer = test_schema::PreTokenizer::steps;
    t.word_steps = {Step::punctuation_contiguous, Step::gpt2, Step::bytes, Step::number_contiguous,
                    Step::triples};
    for (const char byte : {'e', ' ', '1', '\xA9'}) {
      t.byte_tokens[static_cast<std::uint8_t>(byte)] = 0xFFFFFFFF;
    }
    // "t" and "he" make "the".
    const std::size_t left = 269 + ('t' - 'a');
    t.merge_begins.assign(t.ends.size() + 1, 0);
    for (std::size_t i = left + 1; i < t.merge_begins.size(); ++i) t.merge_begins[i] = 1;
    t.merge_rights = {259};
    t.merge_results = {266};
    t.merge_ranks = {0};
  });
}

void remove_field(std::span<std::byte> image, const void* table, std::uint16_t field) {
  const auto* bytes = static_cast<const std::byte*>(table);
  flatbuffers::soffset_t to_vtable = 0;
  std::memcpy(&to_vtable, bytes, sizeof(to_vtable));
  const std::ptrdiff_t entry = bytes - to_vtable + field - image.data();
  std::memset(image.data() + entry, 0, sizeof(flatbuffers::voffset_t));
  seal(image);
}

}  // namespace ringlet::test
