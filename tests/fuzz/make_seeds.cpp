// Writes the seed corpus of the model fuzzer: small valid files of every format, in both modes.
//   ringlet_make_fuzz_seeds tests/fuzz/corpus/model
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

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

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  const std::pair<const char*, ringlet::convert::WriteOptions> formats[] = {
      {"f32", all_f32}, {"int8", all_int8}, {"int4", all_int4}};
  for (const auto& [name, options] : formats) {
    const AlignedBytes plain = write_image(tiny(false, name[0] == 'f'), options);
    write(folder / (std::string("as_is_") + name), 0, plain);
    write(folder / (std::string("repaired_") + name), 1, plain);
  }
  write(folder / "repaired_tokenizer", 1, write_image(tiny(true, true), all_int4));
  return 0;
}
