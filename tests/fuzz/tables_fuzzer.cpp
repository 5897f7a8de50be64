// Fuzzes the tables of model files field by field (table_changes.hpp). The first byte of an input
// chooses the file, the second how many changes follow.
#include "fuzz/aims.hpp"
#include "fuzz/exercised.hpp"
#include "fuzz/table_changes.hpp"
#include "support/family_models.hpp"
#include "support/random.hpp"
#include "support/vocabularies.hpp"

namespace ringlet::test {
namespace {

[[maybe_unused]] const bool declared =
    declare_aims({"changed and decoded", "changed and refused at opening"});

struct Base {
  std::string name;
  AlignedBytes file;
  TableSites sites;
};

void add(std::vector<Base>& bases, std::string name, const AlignedBytes& file) {
  AlignedBytes whole = with_every_field(file);
  TableSites sites = find_sites(whole.span());
  bases.push_back({std::move(name), std::move(whole), std::move(sites)});
}

const std::vector<Base>& bases() {
  static const std::vector<Base> all = [] {
    std::vector<Base> made;
    for (const NamedTokenizer& one : small_tokenizers()) {
      add(made, one.name, write_with_tokenizer(one.tokenizer, all_int4));
    }
    const convert::WriteOptions formats[] = {all_f32, all_int8, all_int4};
    for (const Family& family : runtime_families()) {
      add(made, family.name, write_family(family, formats[made.size() % 3]));
    }
    return made;
  }();
  return all;
}

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  ByteSource bytes(input);
  const Base& base = bases()[bytes.index(bases().size())];
  AlignedBytes file = base.file;
  const std::size_t changes = bytes.index(5);
  for (std::size_t i = 0; i < changes; ++i) change_tables(file.span(), base.sites, bytes);
  seal(file.span());
  const Exercised result = exercise(file.span());
  if (changes > 0 && result.decoded) met("changed and decoded");
  if (!result.opened.ok()) met("changed and refused at opening");
  return outcome_of(result);
}

std::vector<Seed> make_seeds() {
  std::vector<Seed> seeds;
  for (std::size_t i = 0; i < bases().size(); ++i) {
    seeds.push_back({bases()[i].name, std::string(1, static_cast<char>(i)) + '\0'});
  }
  return seeds;
}

}  // namespace ringlet::test
