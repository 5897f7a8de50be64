// Fuzzes .ringlet files as a source of the converter. The checksums of an input's tables are put
// right first, since no mutation would ever get past them.
#include "fuzz/import_harness.hpp"
#include "source/ringlet/ringlet_source.hpp"
#include "support/family_models.hpp"

namespace ringlet::test {
namespace {

std::string text_of(const AlignedBytes& file) {
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

Recipe with_tokenizer() {
  Recipe recipe{.architecture = architecture_with_heads(2, 1, 8)};
  recipe.architecture.dim = 16;
  recipe.architecture.hidden_dim = 18;
  recipe.architecture.layers = 1;
  recipe.architecture.trained_context = 16;
  recipe.architecture.vocab_size = tokenizer_pieces;
  recipe.tokenizer = true;
  recipe.hadamard_keys = true;
  recipe.key_bias = 0.5F;
  return recipe;
}

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  if (input.size() < sizeof(file::Preamble)) return refused("short");
  AlignedBytes copy(input);
  seal(copy.span());
  const MemoryFile file(copy.span());
  return outcome_of([&] { convert_and_decode(convert::import_ringlet(file.path())); });
}

std::vector<Seed> make_seeds() {
  std::vector<Seed> seeds;
  for (const Family& family : all_families()) {
    seeds.push_back({family.name, text_of(write_family(family, all_int4))});
  }
  const AlignedBytes tokenizer = write_image(with_tokenizer(), all_int8);
  seeds.push_back({"tokenizer", text_of(tokenizer)});
  seeds.push_back({"refused_byte_gaps", text_of(with_byte_gaps(tokenizer)), "byte_fallback"});
  seeds.push_back({"refused_cut", text_of(tokenizer).substr(0, 3000), "truncated"});
  AlignedBytes damaged = tokenizer;
  damaged[damaged.size() - 100] ^= std::byte{0x40};
  seeds.push_back({"refused_damaged", text_of(damaged), "checksum"});
  return seeds;
}

}  // namespace ringlet::test
