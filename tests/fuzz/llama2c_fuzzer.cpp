// Fuzzes llama2.c checkpoints and tokenizers. The first byte of an input is even for a checkpoint,
// odd for a tokenizer.bin.
#include "fuzz/import_harness.hpp"
#include "source/llama2c/llama2c.hpp"
#include "support/llama2c_maker.hpp"
#include "tokenizer/import.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t vocabulary = 263;  // of the seed

std::string checkpoint(const std::string& bytes) { return '\0' + bytes; }
std::string tokenizer(const std::string& bytes) { return '\1' + bytes; }

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  if (input.size() < 2) return refused("empty");
  const MemoryFile file(input.subspan(1));
  if (std::to_integer<unsigned>(input[0]) % 2 == 0) {
    return outcome_of([&] { convert_and_decode(convert::import_llama2c(file.path()).model); });
  }
  return outcome_of([&] { (void)convert::import_tokenizer(file.path(), vocabulary); });
}

std::vector<Seed> make_seeds() {
  const Checkpoint tied;
  Checkpoint untied;
  untied.shared = false;
  Checkpoint odd;
  odd.heads = 3;
  const std::string pieces = tokenizer_file({" the", "a", "ab", "\xE2\x96\x81"});
  return {{"legacy", checkpoint(tied.legacy())},
          {"legacy_untied", checkpoint(untied.legacy())},
          {"version_1", checkpoint(untied.versioned(1))},
          {"version_2", checkpoint(tied.versioned(2))},
          {"tokenizer", tokenizer(pieces)},
          {"refused_cut", checkpoint(tied.versioned(1).substr(0, 4000)), "truncated"},
          {"refused_heads", checkpoint(odd.versioned(1)), "heads"},
          {"refused_version", checkpoint(tied.versioned(9)), "version"},
          {"refused_tokenizer", tokenizer(pieces.substr(0, 200)), "tokenizer"}};
}

}  // namespace ringlet::test
