// Split GGUF files: any one part opens all of them, and parts that do not belong together are
// refused by name.
#include <gtest/gtest.h>

#include "source/gguf/gguf_import.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/gguf_maker.hpp"
#include "support/random.hpp"
#include "write/write_model.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;
using test::GgufMaker;
using test::TemporaryFolder;

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

constexpr std::uint16_t part_count = 3;
constexpr std::int32_t tensor_count = 11;

/// Name and rows of a tensor 32 wide; no rows: a vector.
struct Piece {
  const char* name;
  std::uint64_t rows;
};

const std::vector<Piece> pieces = {
    {"token_embd.weight", 20},     {"blk.0.attn_norm.weight", 0}, {"blk.0.attn_q.weight", 32},
    {"blk.0.attn_k.weight", 32},   {"blk.0.attn_v.weight", 32},   {"blk.0.attn_output.weight", 32},
    {"blk.0.ffn_norm.weight", 0},  {"blk.0.ffn_gate.weight", 32}, {"blk.0.ffn_up.weight", 32},
    {"blk.0.ffn_down.weight", 32}, {"output_norm.weight", 0},
};

void add(GgufMaker& file, const Piece& piece) {
  test::Random random(piece.rows + std::string_view(piece.name).size());
  std::string data;
  const std::uint64_t rows = piece.rows == 0 ? 1 : piece.rows;
  for (std::uint64_t i = 0; i < rows * 32; ++i) data += GgufMaker::raw(random.symmetric());
  std::vector<std::uint64_t> dimensions = {32};
  if (piece.rows != 0) dimensions.push_back(piece.rows);
  file.tensor(piece.name, dimensions, 0, data);
}

void add_settings(GgufMaker& file) {
  file.text("general.architecture", "llama");
  for (const auto& [key, value] : {std::pair<const char*, std::uint32_t>{"context_length", 16},
                                   {"embedding_length", 32},
                                   {"feed_forward_length", 32},
                                   {"block_count", 1},
                                   {"attention.head_count", 2}}) {
    file.number(std::string("llama.") + key, value);
  }
  file.real("llama.attention.layer_norm_rms_epsilon", 1e-5F);
}

/// The keys as llama.cpp's gguf-split writes them.
void add_split(GgufMaker& file, std::uint16_t number, std::uint16_t count = part_count,
               std::int32_t tensors = tensor_count) {
  file.entry("split.no", 2, GgufMaker::raw(number));
  file.entry("split.count", 2, GgufMaker::raw(count));
  file.entry("split.tensors.count", 5, GgufMaker::raw(tensors));
}

std::string part_name(std::uint32_t number, const char* model = "m") {
  return std::string(model) + "-0000" + std::to_string(number + 1) + "-of-00003.gguf";
}

/// The tensors [first, last) as one part.
GgufMaker part_of(std::uint16_t number, std::size_t first, std::size_t last) {
  GgufMaker file;
  if (number == 0) add_settings(file);
  add_split(file, number);
  for (std::size_t i = first; i < last; ++i) add(file, pieces[i]);
  return file;
}

/// A model in three parts, of which some may be other than they should.
class Split {
 public:
  GgufMaker parts[part_count] = {part_of(0, 0, 4), part_of(1, 4, 7), part_of(2, 7, tensor_count)};

  /// Writes them and imports the model by one part.
  GgufImport import(std::uint32_t by = 0) {
    for (std::uint32_t i = 0; i < part_count; ++i) {
      (void)folder_.write(part_name(i), parts[i].bytes());
    }
    return import_gguf(folder_.path() / part_name(by));
  }
  std::string error(std::uint32_t by = 0) {
    std::string text = error_of([&] { (void)import(by); });
    EXPECT_TRUE(text.starts_with(folder_.path().string())) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    return text;
  }
  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
};

TEST(GgufSplit, IsTheModelInOneFile) {
  const TemporaryFolder folder;
  GgufMaker whole;
  add_settings(whole);
  for (const Piece& piece : pieces) add(whole, piece);
  const SourceModel expected = import_gguf(folder.write("whole.gguf", whole.bytes())).model;
  const auto expected_bytes = write_model_to_memory(expected, {});
  for (std::uint32_t by = 0; by < part_count; ++by) {
    Split split;
    SourceModel model = split.import(by).model;
    model.name = expected.name;
    model.source = expected.source;
    EXPECT_EQ(write_model_to_memory(model, {}), expected_bytes) << by;
  }
}

TEST(GgufSplit, OneOfOneIsAFile) {
  const TemporaryFolder folder;
  GgufMaker file;
  add_settings(file);
  add_split(file, 0, 1);
  for (const Piece& piece : pieces) add(file, piece);
  EXPECT_EQ(import_gguf(folder.write("any name", file.bytes())).model.layers.size(), 1U);
}

TEST(GgufSplit, NamesTheMissingPart) {
  Split split;
  (void)split.import();
  std::filesystem::remove(split.folder().path() / part_name(1));
  for (const std::uint32_t by : {0U, 2U}) {
    const std::string error =
        error_of([&] { (void)import_gguf(split.folder().path() / part_name(by)); });
    EXPECT_CONTAINS(error, "is part " + std::to_string(by + 1) + " of 3 of a split model; ");
    EXPECT_CONTAINS(error, part_name(1) + " is missing");
  }
}

TEST(GgufSplit, NeedsTheNamesOfItsParts) {
  const Split split;
  const auto path = split.folder().write("renamed.gguf", split.parts[1].bytes());
  EXPECT_CONTAINS(error_of([&] { (void)import_gguf(path); }),
                  "its name must end in '-00002-of-00003.gguf'");
}

TEST(GgufSplit, RefusesPartsThatDoNotBelongTogether) {
  Split twice;
  twice.parts[2] = part_of(2, 6, tensor_count);
  EXPECT_CONTAINS(twice.error(), "'blk.0.ffn_norm.weight' that another part of the model has too");
  Split lacking;
  lacking.parts[2] = part_of(2, 8, tensor_count);
  EXPECT_CONTAINS(lacking.error(), "the 3 parts have 10 tensors");
  Split swapped;
  std::swap(swapped.parts[1], swapped.parts[2]);
  EXPECT_CONTAINS(swapped.error(), "split.no = 2, but its name says 1");
  Split other_count;
  other_count.parts[1] = GgufMaker();
  add_split(other_count.parts[1], 1, 4);
  EXPECT_CONTAINS(other_count.error(), "is a part of another model");
  Split other_model;
  other_model.parts[1].text("general.architecture", "qwen2");
  EXPECT_CONTAINS(other_model.error(), "general.architecture differs");
  Split says_more;
  says_more.parts[1].real("llama.rope.freq_base", 500000);
  EXPECT_CONTAINS(says_more.error(), "llama.rope.freq_base differs");
  Split beyond;
  beyond.parts[0] = GgufMaker();
  add_split(beyond.parts[0], 3);
  EXPECT_CONTAINS(beyond.error(), "split.no = 3, but split.count = 3");
  Split cut;
  EXPECT_EQ(error_of([&] { (void)cut.import(); }), "no error");
  const std::string bytes = cut.parts[2].bytes();
  (void)cut.folder().write(part_name(2), bytes.substr(0, bytes.size() - 200));
  EXPECT_CONTAINS(error_of([&] { (void)import_gguf(cut.folder().path() / part_name(0)); }),
                  part_name(2) + " is truncated");
}

TEST(GgufSplit, CountsOfAnySizeAreRefusedAtTheFirstMissingPart) {
  const TemporaryFolder folder;
  GgufMaker file;
  add_split(file, 0, 65535);
  const auto path = folder.write("m-00001-of-65535.gguf", file.bytes());
  EXPECT_CONTAINS(error_of([&] { (void)import_gguf(path); }), "m-00002-of-65535.gguf is missing");
}

}  // namespace
}  // namespace ringlet::convert
