// A file that cannot be read as a model is named for what it is, in one line with a remedy, and is
// never taken for a damaged llama2.c checkpoint.
#include "source/foreign_file.hpp"

#include <gtest/gtest.h>

#include "import/source_kind.hpp"
#include "source/gguf/gguf_import.hpp"
#include "source/huggingface/huggingface.hpp"
#include "source/json_file.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/gguf_maker.hpp"
#include "support/random.hpp"
#include "tokenizer/import.hpp"

namespace ringlet::convert {
namespace {

using namespace std::string_literals;
using test::Checkpoint;
using test::error_of;
using test::GgufMaker;
using test::TemporaryFolder;

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

std::string error_for(const TemporaryFolder& folder, const std::string& name,
                      const std::string& bytes) {
  const auto path = folder.write(name, bytes);
  std::string error = error_of([&] { (void)detect_source(path); });
  EXPECT_TRUE(error.starts_with(path.string())) << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  EXPECT_EQ(error.find("llama2.c file"), std::string::npos) << error;
  EXPECT_EQ(error.find("damaged"), std::string::npos) << error;
  return error;
}

/// The beginning of a zip archive whose first entry has this name.
std::string zip_of(const std::string& name) {
  return "PK\3\4" + std::string(22, '\0') + static_cast<char>(name.size()) + "\0\0\0"s + name +
         std::string(40, 'x');
}

TEST(ForeignFiles, AreNamed) {
  const TemporaryFolder folder;
  const std::string zeros(64, '\0');
  const std::pair<std::string, const char*> files[] = {
      {zip_of("archive/data.pkl"), "is a PyTorch checkpoint (a zip archive); load it"},
      {zip_of("arrays/wq.npy"), "is an archive of NumPy arrays"},
      {zip_of("TF_LITE_PREFILL_DECODE"), "is a MediaPipe task"},
      {zip_of("model.weights.h5"), "is a Keras model"},
      {zip_of("a.txt"), "is a zip archive; unpack it"},
      {"\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19."s + zeros, "is a Python pickle"},
      {"\x08\x07\x12\x07pytorch\x1a\x05"s + zeros, "is an ONNX model"},
      {"\x1c\0\0\0TFL3"s + zeros, "is a TensorFlow Lite model"},
      {"\x30\0\0\0ET12"s + zeros, "is an ExecuTorch program"},
      {"LITERTLM"s + zeros, "is a LiteRT-LM bundle"},
      {"\x89HDF\r\n\x1a\n"s + zeros, "is an HDF5 file"},
      {"\x93NUMPY\1\0"s + zeros, "is a single NumPy array"},
      {"lmgg\x20\0\0\0"s + zeros, "is a ggml file older than GGUF"},
      {"fmgg\1\0\0\0"s + zeros, "is a ggml file older than GGUF"},
      {"tjgg\3\0\0\0"s + zeros, "is a ggml file older than GGUF"},
      {"fmgg\x65\0\0\0"s + zeros, "is an rwkv.cpp model"},
      {"algg\1\0\0\0"s + zeros, "is a LoRA adapter"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "run git lfs pull"},
      {"# xet version 0\n", "is a Xet pointer"},
      {"\n<!DOCTYPE html><html><body>404</body></html>", "is a web page"},
      {"<HTML><head></head></HTML>", "is a web page"},
      {"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "is XML"},
      {"{\"error\": \"not found\"}", "is JSON and has no weights"},
      {"Once upon a time there was a model.\n", "is a text, not a model"},
      {"\x1f\x8b\x08\0"s + zeros, "is compressed by gzip"},
      {"\xfd"s + "7zXZ\0"s + zeros, "is compressed by xz"},
      {"\x28\xb5\x2f\xfd"s + zeros, "is compressed by zstd"},
      {"model/\0"s + std::string(250, '\0') + "ustar\0"s + zeros, "is a tar archive"},
      {"\x7f"s + "ELF\2\1"s + zeros, "is a program"},
      {"MZqFpD='\n"s + zeros, "is a llamafile"},
      {"\x10\0\0\0\x08\0\0\0RGLI"s + zeros, "is a saved session of ringlet"},
      {"\n\x0e\n\x05<unk>\x15\0\0\0\0\x18\2"s + zeros, "is a SentencePiece tokenizer"},
      {std::string(4096, '\0'), "begins with zeros; its download is not complete"},
      {"CRDP\1\0\0\0"s + zeros, "is of no known kind: it begins with 'CRDP'"},
      {"\xde\xad\xbe\xef"s + zeros, "is of no known kind: it begins with the bytes DE AD BE EF"},
      {"\1\0\0"s, "is truncated: it has 3 bytes"},
  };
  for (const auto& [bytes, expected] : files) {
    EXPECT_CONTAINS(error_for(folder, "model.bin", bytes), expected);
  }
}

TEST(ForeignFiles, AreNoModelsForAnyBytes) {
  const TemporaryFolder folder;
  test::Random random(7);
  for (int round = 0; round < 300; ++round) {
    std::string bytes(30 + random.next() % 100, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.next());
    EXPECT_NE(error_for(folder, "random.bin", bytes), "no error");
  }
}

/// No width of a checkpoint that anybody has looks like one of them.
TEST(ForeignFiles, DoNotHideLegacyCheckpoints) {
  const TemporaryFolder folder;
  const std::string whole = Checkpoint().legacy();
  for (std::int32_t dim = 2; dim < 0x10000; dim += 2) {
    std::string header = whole.substr(0, 64);
    const std::int32_t sizes[] = {dim, 4 * dim, 6, 1, 1, 512, 512};
    std::memcpy(header.data(), sizes, sizeof(sizes));
    ASSERT_FALSE(describe_foreign(std::as_bytes(std::span(header))).has_value()) << dim;
  }
  EXPECT_EQ(detect_source(folder.write("m.bin", whole)).kind, SourceKind::llama2c);
}

TEST(ForeignFiles, InAFolderAreNamedToo) {
  const TemporaryFolder folder;
  (void)folder.write("config.json", R"({"model_type":"llama","hidden_size":32,
    "intermediate_size":32,"num_hidden_layers":1,"num_attention_heads":2,"vocab_size":20,
    "max_position_embeddings":16,"rms_norm_eps":1e-5})");
  const auto error = [&] { return error_of([&] { (void)import_huggingface(folder.path()); }); };
  EXPECT_CONTAINS(error(), "has neither model.safetensors nor model.safetensors.index.json");
  (void)folder.write("pytorch_model.bin", "x");
  EXPECT_CONTAINS(error(), "its weights are in pytorch_model.bin");
  (void)folder.write("model.safetensors",
                     "version https://git-lfs.github.com/spec/v1\noid sha256:0");
  EXPECT_CONTAINS(error(), "model.safetensors is a Git LFS pointer");
  // A clone without its large files has pointers for settings and tokenizers too.
  for (const char* name : {"config.json", "tokenizer.json", "merges.txt"}) {
    const std::filesystem::path path =
        folder.write(name, "version https://git-lfs.github.com/spec/v1\noid sha256:0");
    EXPECT_CONTAINS(error_of([&] { (void)read_json(path); }),
                    std::string(name) + " is a Git LFS pointer");
    EXPECT_CONTAINS(error_of([&] { (void)import_tokenizer(path, 100); }), "is a Git LFS pointer");
  }
  (void)folder.write("config.json", "{}");
  (void)folder.write("model.safetensors.index.json", "{\"weight_map\":{}}");
  for (const char* name : {"model.safetensors.index.json", "config.json"}) {
    const Source source = detect_source(folder.path() / name);
    EXPECT_EQ(source.kind, SourceKind::huggingface);
    EXPECT_EQ(source.path, folder.path());
  }
}

TEST(ForeignFiles, PackedTensorsAreNamed) {
  TensorStore store("a folder");
  StoredTensor packed;
  packed.name = "layers.0.q_proj.qweight";
  store.add(packed);
  const std::string error = error_of([&] { (void)store.matrix("layers.0.q_proj.weight", 32, 32); });
  EXPECT_CONTAINS(error, "'layers.0.q_proj.qweight', packed by GPTQ or AWQ");
}

std::string gguf_error(const GgufMaker& file) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.gguf", file.bytes());
  return error_of([&] { (void)import_gguf(path); });
}

TEST(ForeignFiles, GgufOfOtherKindsAreNamed) {
  const std::tuple<const char*, const char*, const char*> kinds[] = {
      {"general.type", "adapter", "is an adapter (LoRA); merge it"},
      {"general.type", "imatrix", "is an importance matrix"},
      {"general.type", "mmproj", "sees or hears (mmproj)"},
      {"general.architecture", "clip", "sees or hears (mmproj)"},
      {"general.architecture", "controlvector", "is a control vector"}};
  for (const auto& [key, value, expected] : kinds) {
    GgufMaker file;
    file.text(key, value);
    EXPECT_CONTAINS(gguf_error(file), expected);
  }
  GgufMaker vocabulary;
  vocabulary.text("general.architecture", "llama");
  vocabulary.entry(
      "tokenizer.ggml.tokens", 9,
      GgufMaker::raw(8U) + GgufMaker::raw(std::uint64_t{1}) + GgufMaker::with_length("a"));
  EXPECT_CONTAINS(gguf_error(vocabulary), "has a vocabulary and no weights");
}

TEST(ForeignFiles, GgufTypesOfOthersAreNamed) {
  const std::pair<std::uint32_t, const char*> types[] = {
      {4, "dropped in 2023"}, {31, "rearranged for Arm"}, {36, "bitnet.cpp (I2_S"}};
  for (const auto& [type, expected] : types) {
    GgufMaker file;
    file.tensor("t", {32}, type, std::string(32, '\0'));
    EXPECT_CONTAINS(gguf_error(file), expected);
  }
}

}  // namespace
}  // namespace ringlet::convert
