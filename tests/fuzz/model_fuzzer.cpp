// Fuzzes model files. The first byte of an input is the mode, the rest the file. Even: the file as
// it is. Odd: its preamble and the checksum of its tables are put right first, since no mutation
// would ever get past them.
#include <algorithm>
#include <cstring>

#include "fuzz/exercised.hpp"
#include "support/family_models.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t preamble_size = sizeof(file::Preamble);
constexpr char as_it_is = 0, repaired = 1;

/// A copy whose preamble describes it: tables as long as it says, as far as there are bytes, and
/// the segment after them.
AlignedBytes put_right(std::span<const std::byte> file) {
  file::Preamble preamble = preamble_of(file);
  std::memcpy(preamble.magic, file::magic, sizeof(file::magic));
  preamble.major = file::least_major_version;
  preamble.tables_offset = preamble_size;
  preamble.tables_size = std::min<std::uint64_t>(preamble.tables_size, file.size() - preamble_size);
  const std::uint64_t unit = file::segment_alignment;
  preamble.segment_offset = (preamble_size + preamble.tables_size + unit - 1) / unit * unit;
  const std::uint64_t size = std::max<std::uint64_t>(file.size(), preamble.segment_offset);
  preamble.segment_size = size - preamble.segment_offset;
  AlignedBytes copy(static_cast<std::size_t>(size));
  std::memcpy(copy.data(), file.data(), file.size());
  std::memcpy(copy.data(), &preamble, preamble_size);
  seal(copy.span());
  return copy;
}

Recipe tiny(bool tokenizer, bool tied) {
  Recipe recipe{.architecture = architecture_with_heads(2, 1, 8)};
  recipe.architecture.dim = 16;
  recipe.architecture.hidden_dim = 18;
  recipe.architecture.layers = tokenizer ? 1 : 2;
  recipe.architecture.trained_context = 16;
  recipe.architecture.vocab_size = tokenizer ? tokenizer_pieces : 20;
  recipe.architecture.tied_embedding = tied;
  recipe.tokenizer = tokenizer;
  if (!tokenizer) recipe.windows = {5, 0};
  return recipe;
}

std::string input_of(char mode, const AlignedBytes& file) {
  return mode + std::string(reinterpret_cast<const char*>(file.data()), file.size());
}

void add_refused(std::vector<Seed>& seeds) {
  const AlignedBytes intact = write_image(tiny(false, true), all_int8);
  AlignedBytes newer = intact;
  file::Preamble preamble = preamble_of(newer.span());
  preamble.major = file::most_major_version + 1;
  put_preamble(newer.span(), preamble);
  seeds.push_back({"refused_newer", input_of(as_it_is, newer), "version"});
  AlignedBytes damaged = intact;
  damaged[preamble_size + 20] ^= std::byte{1};
  seeds.push_back({"refused_damaged", input_of(as_it_is, damaged), "checksum"});
  seeds.push_back(
      {"refused_cut", input_of(as_it_is, AlignedBytes(intact.span().first(500))), "truncated"});
}

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  if (input.empty()) return refused("empty");
  const bool repair = std::to_integer<unsigned>(input[0]) % 2 == repaired;
  const std::span<const std::byte> file = input.subspan(1);
  const AlignedBytes image =
      repair && file.size() >= preamble_size ? put_right(file) : AlignedBytes(file);
  return outcome_of(exercise(image.span()));
}

std::vector<Seed> make_seeds() {
  std::vector<Seed> seeds;
  const std::pair<const char*, convert::WriteOptions> formats[] = {
      {"f32", all_f32}, {"int8", all_int8}, {"int4", all_int4}};
  for (const auto& [name, options] : formats) {
    const AlignedBytes plain = write_image(tiny(false, name[0] == 'f'), options);
    seeds.push_back({std::string("as_it_is_") + name, input_of(as_it_is, plain)});
    seeds.push_back({std::string("repaired_") + name, input_of(repaired, plain)});
  }
  const AlignedBytes tokenizer = write_image(tiny(true, true), all_int4);
  seeds.push_back({"repaired_tokenizer", input_of(repaired, tokenizer)});
  seeds.push_back({"repaired_byte_gaps", input_of(repaired, with_byte_gaps(tokenizer))});
  for (const Family& family : runtime_families()) {
    seeds.push_back({family.name, input_of(repaired, write_family(family, all_int4))});
  }
  add_refused(seeds);
  return seeds;
}

}  // namespace ringlet::test
