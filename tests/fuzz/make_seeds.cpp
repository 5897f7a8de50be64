// Writes the seed corpora of the fuzzers: small valid files of every kind, model files in both
// modes.
//   ringlet_make_fuzz_seeds tests/fuzz/corpus
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "support/gguf_maker.hpp"
#include "support/model_image.hpp"

namespace {

using namespace ringlet::test;

Recipe tiny(bool tokenizer, bool tied) {
  Recipe recipe{.architecture = architecture_with_heads(2, 1, 8)};
  recipe.architecture.dim = 16;
  recipe.architecture.hidden_dim = 18;
  recipe.architecture.layers = tokenizer ? 1 : 2;
  recipe.architecture.context = 16;
  recipe.architecture.vocab_size = tokenizer ? tokenizer_pieces : 20;
  recipe.architecture.tied_head = tied;
  recipe.tokenizer = tokenizer;
  if (!tokenizer) recipe.windows = {5, 0};
  return recipe;
}

void write(const std::filesystem::path& path, char mode, const AlignedBytes& image) {
  std::ofstream out(path, std::ios::binary);
  out.put(mode);
  out.write(reinterpret_cast<const char*>(image.data()),
            static_cast<std::streamsize>(image.size()));
}

void write_text(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

void write_ggufs(const std::filesystem::path& folder) {
  // The type's number and the bytes of 32 elements.
  const std::pair<std::uint32_t, std::uint64_t> types[] = {
      {0, 128}, {1, 64}, {2, 18}, {3, 20}, {6, 22}, {7, 24}, {8, 34}, {20, 18}, {30, 64}, {39, 17}};
  for (const auto& [type, bytes] : types) {
    write_text(folder / ("type_" + std::to_string(type)), small_gguf(type, bytes).bytes());
  }
  // The same for 256: IQ3_S, IQ4_XS, IQ1_M and TQ1_0.
  for (const auto& [type, bytes] :
       {std::pair<std::uint32_t, std::uint64_t>{21, 110}, {23, 136}, {29, 56}, {34, 54}}) {
    write_text(folder / ("type_" + std::to_string(type)), gguf_with_wide_down(type, bytes).bytes());
  }
  GgufMaker part = small_gguf(2, 18);
  part.entry("split.no", 2, GgufMaker::raw(std::uint16_t{0}));
  part.entry("split.count", 2, GgufMaker::raw(std::uint16_t{3}));
  part.entry("split.tensors.count", 5, GgufMaker::raw(std::int32_t{30}));
  write_text(folder / "split", part.bytes());
  GgufMaker keys = small_gguf(8, 34, "qwen2");
  keys.truth("a.truth", true);
  keys.entry(
      "a.list", 9,
      GgufMaker::raw(8U) + GgufMaker::raw(std::uint64_t{1}) + GgufMaker::with_length("text"));
  keys.entry("a.integer", 11, GgufMaker::raw(std::int64_t{-3}));
  write_text(folder / "all_keys", keys.bytes());
}

void write_safetensors(const std::filesystem::path& folder) {
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
      R"("b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}})";
  write_text(folder / "two_tensors",
             GgufMaker::raw(std::uint64_t{header.size()}) + header + std::string(32, '\0'));
}

void write_configs(const std::filesystem::path& folder) {
  const std::string sizes =
      R"("vocab_size":40,"hidden_size":48,"intermediate_size":72,"num_hidden_layers":4,)"
      R"("num_attention_heads":4,"num_key_value_heads":2,"head_dim":16,)"
      R"("max_position_embeddings":128,"rms_norm_eps":1e-5,"tie_word_embeddings":true)";
  const std::pair<const char*, const char*> families[] = {
      {"llama",
       R"("rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,)"
       R"("original_max_position_embeddings":64})"},
      {"mistral", R"("sliding_window":8)"},
      {"qwen2", R"("use_sliding_window":true,"sliding_window":8,"max_window_layers":2)"},
      {"qwen3", R"("layer_types":["full_attention","sliding_attention"])"},
      {"smollm3", R"("no_rope_layers":[1,1,1,0])"},
      {"gemma2", R"("attn_logit_softcapping":50,"query_pre_attn_scalar":24)"},
      {"gemma3_text", R"("rope_parameters":{"full_attention":{"rope_theta":1e6},)"
                      R"("sliding_attention":{"rope_theta":1e4}})"},
      {"phi3", R"("rope_scaling":{"type":"longrope","short_factor":[1],"long_factor":[2]})"},
      {"stablelm", R"("layer_norm_eps":1e-5,"use_qkv_bias":true)"}};
  for (const auto& [name, more] : families) {
    write_text(folder / name,
               std::string("{\"model_type\":\"") + name + "\"," + sizes + "," + more + "}");
  }
  write_text(folder / "gpt2",
             R"({"model_type":"gpt2","vocab_size":40,"n_embd":64,"n_layer":4,"n_head":4})");
  write_text(
      folder / "nanogpt",
      R"({"vocab_size":40,"n_embd":64,"n_layer":4,"n_head":4,"block_size":128,"bias":true})");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  const std::filesystem::path root = argv[1];
  write_ggufs(root / "gguf");
  write_safetensors(root / "safetensors");
  write_configs(root / "config");
  const std::filesystem::path folder = root / "model";
  std::filesystem::create_directories(folder);
  const std::pair<const char*, ringlet::convert::WriteOptions> formats[] = {
      {"f32", all_f32}, {"int8", all_int8}, {"int4", all_int4}};
  for (const auto& [name, options] : formats) {
    const AlignedBytes plain = write_image(tiny(false, name[0] == 'f'), options);
    write(folder / (std::string("as_is_") + name), 0, plain);
    write(folder / (std::string("repaired_") + name), 1, plain);
  }
  const AlignedBytes tokenizer = write_image(tiny(true, true), all_int4);
  write(folder / "repaired_tokenizer", 1, tokenizer);
  write(folder / "repaired_byte_gaps", 1, with_byte_gaps(tokenizer));
  return 0;
}
